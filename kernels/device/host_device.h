// Marks a function that CUDA code and host code share.
#pragma once

#ifdef __CUDACC__
#define SEALYARD_HOST_DEVICE __host__ __device__
#else
#define SEALYARD_HOST_DEVICE
#endif
