# The CUDA language, from an installed toolkit or from the wheels that scripts/setup --cuda fetched.
# Not find_package(CUDAToolkit): that of CMake 3.25 does not know the layout of CUDA 13.

if(NOT CMAKE_CUDA_COMPILER)
  foreach(nvcc $ENV{CUDACXX} nvcc /usr/local/cuda/bin/nvcc ${SEALYARD_DEPS}/cuda/bin/nvcc)
    unset(SEALYARD_NVCC CACHE)
    find_program(SEALYARD_NVCC ${nvcc})
    if(NOT SEALYARD_NVCC)
      continue()
    endif()
    execute_process(COMMAND ${SEALYARD_NVCC} --version OUTPUT_VARIABLE version ERROR_QUIET)
    if(version MATCHES "release ([0-9]+)\\." AND CMAKE_MATCH_1 GREATER_EQUAL 12)
      set(CMAKE_CUDA_COMPILER ${SEALYARD_NVCC})
      break()
    endif()
  endforeach()
endif()
if(NOT CMAKE_CUDA_COMPILER)
  message(FATAL_ERROR "no nvcc of CUDA 12 or later, installed or in ${SEALYARD_DEPS}/cuda; "
    "run scripts/setup --cuda")
endif()

# Machine code for A100 and H100 and their likes, PTX that the driver compiles for what is newer.
if(NOT CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 80-real 90)
endif()
# nvcc of CMake 3.25 has no C++20: *.cu files and the headers they include are C++17.
set(CMAKE_CUDA_STANDARD 17)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
set(CMAKE_CUDA_EXTENSIONS OFF)
# Static: a program runs where neither the toolkit nor a GPU nor a driver is.
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND NOT CMAKE_CUDA_HOST_COMPILER)
  set(CMAKE_CUDA_HOST_COMPILER ${CMAKE_CXX_COMPILER})
endif()
enable_language(CUDA)

get_filename_component(SEALYARD_CUDA_ROOT ${CMAKE_CUDA_COMPILER} DIRECTORY)
get_filename_component(SEALYARD_CUDA_ROOT ${SEALYARD_CUDA_ROOT} DIRECTORY)
find_path(CUDART_INCLUDE cuda_runtime.h REQUIRED NO_DEFAULT_PATH
  PATHS ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES} ${SEALYARD_CUDA_ROOT}
  PATH_SUFFIXES include targets/x86_64-linux/include)
find_library(CUDART_LIBRARY cudart_static REQUIRED NO_DEFAULT_PATH
  PATHS ${CMAKE_CUDA_IMPLICIT_LINK_DIRECTORIES} ${SEALYARD_CUDA_ROOT}
  PATH_SUFFIXES lib64 lib targets/x86_64-linux/lib)
add_library(sealyard_cudart INTERFACE)
target_include_directories(sealyard_cudart SYSTEM INTERFACE ${CUDART_INCLUDE})
target_link_libraries(sealyard_cudart INTERFACE ${CUDART_LIBRARY} Threads::Threads ${CMAKE_DL_LIBS} rt)
add_library(sealyard::cudart ALIAS sealyard_cudart)
