// The implementations a kernel may have. Every one gives the same bytes.
#pragma once
#include <array>
#include <string_view>

namespace sealyard {

enum class Backend { portable, sha_ni, avx512, cuda };

inline constexpr std::array kBackends{Backend::portable, Backend::sha_ni, Backend::avx512,
                                      Backend::cuda};

constexpr std::string_view name(Backend backend) {
  switch (backend) {
    case Backend::portable:
      return "portable";
    case Backend::sha_ni:
      return "sha-ni";
    case Backend::avx512:
      return "avx512";
    case Backend::cuda:
      return "cuda";
  }
  return "?";
}

}  // namespace sealyard
