# How the parts of the house are built. A folder's CMakeLists.txt only says what it is made of.

set(SEALYARD_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion)

# Line tables are enough for a backtrace and compile a third faster than full debug information.
foreach(config DEBUG RELWITHDEBINFO)
  string(REGEX REPLACE "-g( |$)" "-g1\\1" CMAKE_CXX_FLAGS_${config} "${CMAKE_CXX_FLAGS_${config}}")
endforeach()

# Sanitizers without any optimisation run minutes of hashing for seconds of test.
string(APPEND CMAKE_CXX_FLAGS_DEBUG " -O1")

# Settings common to every target of ours: include root, warnings, sanitizers.
add_library(sealyard_options INTERFACE)
target_include_directories(sealyard_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(sealyard_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:${SEALYARD_WARNINGS}>)
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # A source that is compiled as a part of another is no header, whatever GCC takes it for.
  target_compile_options(sealyard_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
endif()
# What the address sanitizer finds anyway, and takes as long to compile as all the rest.
set(SEALYARD_LEFT_TO_ASAN
  -fno-sanitize=null,object-size,vptr,nonnull-attribute,returns-nonnull-attribute)
option(SEALYARD_SANITIZE "Address and undefined-behaviour sanitizers" OFF)
if(SEALYARD_SANITIZE)
  target_compile_options(sealyard_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=address,undefined -fno-sanitize-recover=undefined
    -fno-omit-frame-pointer ${SEALYARD_LEFT_TO_ASAN}>)
  target_link_options(sealyard_options INTERFACE -fsanitize=address,undefined)
endif()
option(SEALYARD_FUZZ "Fuzz targets driven by libFuzzer: clang only" OFF)
if(SEALYARD_FUZZ)
  target_compile_options(sealyard_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# A library of one folder:  sealyard_library(NAME SOURCES ... LINK ... PRIVATE_LINK ...)
function(sealyard_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  if(ARG_SOURCES)
    add_library(sealyard_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(sealyard_${name} PUBLIC sealyard_options ${ARG_LINK}
      PRIVATE ${ARG_PRIVATE_LINK})
  else()
    add_library(sealyard_${name} INTERFACE)
    target_link_libraries(sealyard_${name} INTERFACE sealyard_options ${ARG_LINK})
  endif()
  add_library(sealyard::${name} ALIAS sealyard_${name})
endfunction()

# A kernel and its variants. Every variant is compiled; which one runs is decided at run time.
function(sealyard_kernel name)
  cmake_parse_arguments(ARG "" "" "PORTABLE;SHA_NI;AVX512;CUDA;LINK;PRIVATE_LINK" ${ARGN})
  sealyard_library(${name} SOURCES ${ARG_PORTABLE} ${ARG_SHA_NI} ${ARG_AVX512}
    LINK sealyard::device ${ARG_LINK} PRIVATE_LINK ${ARG_PRIVATE_LINK})
  # Code for other CPUs stays in files of its own, also where files are compiled together.
  set_source_files_properties(${ARG_SHA_NI} ${ARG_AVX512} PROPERTIES
    SKIP_UNITY_BUILD_INCLUSION ON)
  if(SEALYARD_SANITIZE AND ARG_AVX512)
    # Unsigned lanes have no undefined behaviour to look for, and it takes a minute a file.
    set_source_files_properties(${ARG_AVX512} PROPERTIES COMPILE_OPTIONS -fno-sanitize=undefined)
  endif()
  if(SEALYARD_CUDA AND ARG_CUDA)
    target_sources(sealyard_${name} PRIVATE ${ARG_CUDA})
    target_link_libraries(sealyard_${name} PRIVATE sealyard::cudart)
  endif()
endfunction()

# A program of ours, installed:  sealyard_program(seal-pc1 SOURCES ... LINK ...)
# `cmake --build ... --target programs` builds all of them and no tests.
add_custom_target(programs)
function(sealyard_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE sealyard_options ${ARG_LINK})
  add_dependencies(programs ${name})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# Tests' own code need not be fast, and is compiled in half the time.
add_library(sealyard_test_options INTERFACE)
target_compile_options(sealyard_test_options INTERFACE $<$<CONFIG:RelWithDebInfo>:-O1>)
if(SEALYARD_SANITIZE)
  target_compile_options(sealyard_test_options INTERFACE -fno-sanitize=alignment)
endif()

# A Catch2 test program of one source:  sealyard_test(kernels/label LINK sealyard::label
#   [LABELS fast] [TIMEOUT s] [SKIP_CODE n]) builds tests/kernels/label_test.cpp as bin/test-label.
# `--target gpu-tests` builds those with the label gpu.
add_custom_target(gpu-tests)
function(sealyard_test path)
  cmake_parse_arguments(ARG "" "TIMEOUT;NAME" "LABELS;LINK;ARGS" ${ARGN})
  get_filename_component(base ${path} NAME)
  string(REPLACE "_" "-" base ${base})
  add_executable(test-${base} ${PROJECT_SOURCE_DIR}/tests/${path}_test.cpp)
  target_link_libraries(test-${base} PRIVATE sealyard_options sealyard_test_options
    sealyard_catch_main ${ARG_LINK})
  if("gpu" IN_LIST ARG_LABELS)
    add_dependencies(gpu-tests test-${base})
  endif()
  target_compile_definitions(test-${base} PRIVATE
    SEALYARD_VECTORS="${PROJECT_SOURCE_DIR}/tests/vectors"
    SEALYARD_BIN="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}"
    SEALYARD_SOURCE="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${base} COMMAND test-${base} ${ARG_ARGS})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 900)
  endif()
  set_tests_properties(${base} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    SKIP_RETURN_CODE 77)
endfunction()

# A scenario test, a script:  sealyard_script_test(NAME SCRIPT [ARGS ...] [LABELS ...] [TIMEOUT s])
# The script gets SEALYARD_BIN and SEALYARD_SOURCE in its environment; exit 77 means skipped. Unless it
# is fast it runs alone: a private Slurm wants the cores for itself.
function(sealyard_script_test name script)
  cmake_parse_arguments(ARG "" "TIMEOUT" "ARGS;LABELS" ${ARGN})
  add_test(NAME ${name} COMMAND ${PROJECT_SOURCE_DIR}/${script} ${ARG_ARGS})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    SKIP_RETURN_CODE 77
    ENVIRONMENT "SEALYARD_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY};SEALYARD_SOURCE=${PROJECT_SOURCE_DIR}")
  if(NOT "fast" IN_LIST ARG_LABELS)
    set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
  endif()
endfunction()
