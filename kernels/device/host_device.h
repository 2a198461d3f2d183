// Marks a function that CUDA code and host code share.
#pragma once

#ifdef __CUDACC__
#define SEALYARD_HOST_DEVICE __host__ __device__
#define SEALYARD_NOINLINE __noinline__
#else
#define SEALYARD_HOST_DEVICE
#define SEALYARD_NOINLINE [[gnu::noinline]]
#endif

// Before a loop over limbs: on a GPU they then stay in registers. ROLLED: before one whose code
// would become too long.
#ifdef __CUDA_ARCH__
#define SEALYARD_UNROLL _Pragma("unroll")
#define SEALYARD_ROLLED _Pragma("unroll 1")
#else
#define SEALYARD_UNROLL
#define SEALYARD_ROLLED
#endif
