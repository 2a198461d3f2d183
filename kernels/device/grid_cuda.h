// The Grid of a GPU. Only *_cuda.cu files include this.
#pragma once
#include "kernels/device/grid.h"
#include "kernels/device/stream_cuda.h"

namespace sealyard::device {

inline constexpr unsigned kGridBlock = 128;  // so that a thread may have all 255 registers

template <typename Step>
__global__ void __launch_bounds__(kGridBlock) run_step(const Step step, std::size_t threads) {
  const std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i < threads) step(i);
}

/// See HostGrid for what each does. Not for two threads at once.
/// @throws Error{io} a CUDA call did not succeed, by any member.
class CudaGrid {
 public:
  template <typename T>
  using Pinned = device::Pinned<T>;

  template <typename T>
  Buffer<T> allocate(std::size_t count) {
    return stream_.allocate<T>(count);
  }
  /// `from` must live until the next download().
  template <typename T>
  Buffer<T> upload(const void* from, std::size_t count) {
    return stream_.upload<T>(from, count);
  }
  template <typename T>
  void upload_to(T* to, const void* from, std::size_t count) {
    stream_.upload(from, count, to);
  }
  template <typename T>
  void download(const T* from, std::size_t count, void* to) {
    download_later(from, count, to);
    wait();
  }
  template <typename T>
  void download_later(const T* from, std::size_t count, void* to) {
    stream_.download(from, count, to);
  }
  void wait() { stream_.wait(); }
  template <typename Step>
  void run(std::size_t threads, const Step& step) {
    if (threads == 0) return;
    run_step<<<grid(threads, kGridBlock), kGridBlock, 0, stream_>>>(step, threads);
    stream_.launched();
  }

 private:
  Stream stream_;
};

}  // namespace sealyard::device
