// A CUDA stream, memory that belongs to it, and the check of every CUDA call. C++17: nvcc of
// CMake 3.25. Only *_cuda.cu files include this; nothing here uses the default stream.
#pragma once
#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace sealyard::device {

/// Throws when a CUDA call did not succeed.
/// @throws Error{io} "cuda: out of memory (2): cudaMallocAsync(...): gpu 0: stream_cuda.h:61"
void check(cudaError_t status, const char* call, const char* file, int line);

/// True when a GPU that this build has code for is there and its driver answers.
bool gpu_present();

#define SEALYARD_CUDA_CHECK(call) ::sealyard::device::check((call), #call, __FILE__, __LINE__)

/// `size()` objects of T on the GPU, freed in the order of the stream they came from: work queued
/// before the end of the Buffer may still use it. Only Stream makes them; it must live longer.
template <typename T>
class Buffer {
 public:
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(other.size_), stream_(other.stream_) {}
  Buffer& operator=(Buffer&&) = delete;
  ~Buffer() {
    if (data_) cudaFreeAsync(data_, stream_);
  }

  T* get() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  friend class Stream;
  Buffer(std::size_t size, cudaStream_t stream) : size_(size), stream_(stream) {
    void* room = nullptr;
    if (size > 0) SEALYARD_CUDA_CHECK(cudaMallocAsync(&room, size * sizeof(T), stream));
    data_ = static_cast<T*>(room);
  }

  T* data_ = nullptr;
  std::size_t size_;
  cudaStream_t stream_;
};

/// `size` objects of T in memory of the host that stays where it is: copies from and to it run
/// beside the host's work. Nothing may be under way when it goes.
template <typename T>
class Pinned {
 public:
  explicit Pinned(std::size_t size) : size_(size) {
    void* room = nullptr;
    if (size > 0) SEALYARD_CUDA_CHECK(cudaMallocHost(&room, size * sizeof(T)));
    data_ = static_cast<T*>(room);
  }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  ~Pinned() {
    if (data_) cudaFreeHost(data_);
  }

  T* get() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  T* data_ = nullptr;
  std::size_t size_;
};

/// Number of blocks of `block` threads that cover `count` items.
inline unsigned grid(std::size_t count, unsigned block) {
  return static_cast<unsigned>((count + block - 1) / block);
}

/// Work on the current GPU, one thing after the other. Not for two threads at once.
class Stream {
 public:
  Stream() { SEALYARD_CUDA_CHECK(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking)); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  /// Waits: after a throw no queued copy may still read or write the caller's memory.
  ~Stream() {
    cudaStreamSynchronize(stream_);
    cudaStreamDestroy(stream_);
  }

  operator cudaStream_t() const {
    return stream_;
  }  // so that <<<grid, block, 0, stream>>> reads well

  /// Room for `count` objects, not initialised.  @throws Error{io} no GPU memory left.
  template <typename T>
  Buffer<T> allocate(std::size_t count) {
    return Buffer<T>(count, stream_);
  }

  /// A copy of `count` objects of T whose bytes lie at `from`; `from` must live until wait().
  template <typename T>
  Buffer<T> upload(const void* from, std::size_t count) {
    Buffer<T> to = allocate<T>(count);
    upload(from, count, to.get());
    return to;
  }

  /// The same to where there is room.
  template <typename T>
  void upload(const void* from, std::size_t count, T* to) {
    if (count > 0)
      SEALYARD_CUDA_CHECK(
          cudaMemcpyAsync(to, from, count * sizeof(T), cudaMemcpyHostToDevice, stream_));
  }

  /// Writes the whole buffer to `to`; the bytes are there after wait().
  template <typename T>
  void download(const Buffer<T>& from, void* to) {
    download(from.get(), from.size(), to);
  }
  /// The same of `count` objects of the GPU.
  template <typename T>
  void download(const T* from, std::size_t count, void* to) {
    if (count > 0)
      SEALYARD_CUDA_CHECK(
          cudaMemcpyAsync(to, from, count * sizeof(T), cudaMemcpyDeviceToHost, stream_));
  }

  /// Call it right after a kernel launch: a launch that was refused shows only here.
  void launched() { SEALYARD_CUDA_CHECK(cudaGetLastError()); }

  /// Returns when all of it is done.  @throws Error{io} any of it failed.
  void wait() { SEALYARD_CUDA_CHECK(cudaStreamSynchronize(stream_)); }

 private:
  cudaStream_t stream_ = nullptr;
};

}  // namespace sealyard::device
