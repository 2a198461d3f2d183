# What we stand on. Everything comes from the system (Debian packages) except blst and, where asked,
# the CUDA Toolkit: those come from the folder that scripts/setup fills, once, with checked files.

if(DEFINED ENV{SEALYARD_DEPS})
  set(SEALYARD_DEPS $ENV{SEALYARD_DEPS} CACHE PATH "Where scripts/setup keeps fetched sources")
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(SEALYARD_DEPS $ENV{XDG_CACHE_HOME}/sealyard CACHE PATH "Where scripts/setup keeps fetched sources")
else()
  set(SEALYARD_DEPS $ENV{HOME}/.cache/sealyard CACHE PATH "Where scripts/setup keeps fetched sources")
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(Boost REQUIRED COMPONENTS filesystem)
find_package(MPI REQUIRED COMPONENTS C)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(secp256k1 REQUIRED IMPORTED_TARGET libsecp256k1)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(hwloc REQUIRED IMPORTED_TARGET hwloc)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(hdf5 REQUIRED IMPORTED_TARGET hdf5-serial)

# Header-only: CLI11, nlohmann-json and toml++ sit in the system include path.
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
find_path(NLOHMANN_INCLUDE nlohmann/json.hpp REQUIRED)
find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)

find_path(SLURM_INCLUDE slurm/slurm.h REQUIRED)
find_library(SLURM_LIBRARY slurm REQUIRED)
add_library(sealyard_libslurm INTERFACE)
target_include_directories(sealyard_libslurm SYSTEM INTERFACE ${SLURM_INCLUDE})
target_link_libraries(sealyard_libslurm INTERFACE ${SLURM_LIBRARY})
add_library(sealyard::libslurm ALIAS sealyard_libslurm)

# blst: an installed one, else its source tree, built with its assembly.
find_path(BLST_INCLUDE blst.h)
find_library(BLST_LIBRARY blst)
if(BLST_INCLUDE AND BLST_LIBRARY)
  add_library(sealyard_blst INTERFACE)
  target_link_libraries(sealyard_blst INTERFACE ${BLST_LIBRARY})
  target_include_directories(sealyard_blst SYSTEM INTERFACE ${BLST_INCLUDE})
else()
  set(SEALYARD_BLST ${SEALYARD_DEPS}/blst CACHE PATH "Source tree of blst")
  if(NOT EXISTS ${SEALYARD_BLST}/src/server.c)
    message(FATAL_ERROR "blst is neither installed nor in ${SEALYARD_BLST}; run scripts/setup")
  endif()
  add_library(sealyard_blst STATIC ${SEALYARD_BLST}/src/server.c ${SEALYARD_BLST}/build/assembly.S)
  # __BLST_PORTABLE__: the ADX code is chosen at run time, the build host is not the compute host.
  target_compile_definitions(sealyard_blst PRIVATE __BLST_PORTABLE__)
  target_compile_options(sealyard_blst PRIVATE -O2 -w)
  target_include_directories(sealyard_blst SYSTEM PUBLIC ${SEALYARD_BLST}/bindings)
endif()
add_library(sealyard::blst ALIAS sealyard_blst)

if(SEALYARD_CUDA)
  include(Cuda)
endif()
