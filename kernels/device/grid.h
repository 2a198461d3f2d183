// Work in steps, each for many threads, that a GPU does or a host plays. An algorithm is written
// once over a Grid: on device::CudaGrid (grid_cuda.h) it runs on a GPU, on HostGrid a test sees
// what the GPU would compute. Included by CUDA code, so C++17.
//
// A Step is a struct with `void operator()(std::size_t thread) const`, __host__ __device__; threads
// of a step run in any order and at the same time, steps one after the other.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "kernels/device/host_device.h"

namespace sealyard::device {

/// Adds to a number that other threads add to. Returns what it was.
SEALYARD_HOST_DEVICE inline std::uint32_t atomic_add(std::uint32_t* at, std::uint32_t more) {
#ifdef __CUDA_ARCH__
  return atomicAdd(at, more);
#else
  const std::uint32_t before = *at;
  *at += more;
  return before;
#endif
}

SEALYARD_HOST_DEVICE inline void atomic_min(std::uint32_t* at, std::uint32_t other) {
#ifdef __CUDA_ARCH__
  atomicMin(at, other);
#else
  if (other < *at) *at = other;
#endif
}

/// A GPU played by one thread of the host, last thread of a step first. Memory is not zero, as on a
/// GPU.
class HostGrid {
 public:
  template <typename T>
  class Array {
   public:
    explicit Array(std::size_t size) : size_(size), data_(new T[size]) {
      std::memset(static_cast<void*>(data_.get()), 0xa5, size * sizeof(T));
    }
    T* get() const { return data_.get(); }
    std::size_t size() const { return size_; }

   private:
    std::size_t size_;
    std::unique_ptr<T[]> data_;
  };

  /// Host memory that a GPU copies from and to while the host goes on: Pinned<T>(count).
  template <typename T>
  using Pinned = Array<T>;

  template <typename T>
  Array<T> allocate(std::size_t count) {
    return Array<T>(count);
  }
  /// A copy of `count` objects whose bytes lie at `from`.
  template <typename T>
  Array<T> upload(const void* from, std::size_t count) {
    Array<T> to(count);
    if (count > 0) std::memcpy(static_cast<void*>(to.get()), from, count * sizeof(T));
    return to;
  }
  /// The same to where there is room.
  template <typename T>
  void upload_to(T* to, const void* from, std::size_t count) {
    if (count > 0) std::memcpy(static_cast<void*>(to), from, count * sizeof(T));
  }
  /// Bytes are at `to` on return, after all steps before.
  template <typename T>
  void download(const T* from, std::size_t count, void* to) {
    if (count > 0) std::memcpy(to, from, count * sizeof(T));
  }
  /// Bytes are at `to` after wait().
  template <typename T>
  void download_later(const T* from, std::size_t count, void* to) {
    download(from, count, to);
  }
  /// Returns when all of it is done.
  void wait() {}
  /// step(0) ... step(threads - 1).
  template <typename Step>
  void run(std::size_t threads, const Step& step) {
    for (std::size_t i = threads; i-- > 0;) step(i);
  }
};

}  // namespace sealyard::device
