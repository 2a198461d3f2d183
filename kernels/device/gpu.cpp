// The answer of a build without CUDA.
namespace sealyard::device {

bool gpu_present();
bool gpu_present() { return false; }

}  // namespace sealyard::device
