# Parameters that everybody can make again (tests/vectors/README.md), of the 2 KiB circuits, in
# tests/params of the build folder. The ctest fixture params-<circuit> makes them, or finds them.
set(SEALYARD_TEST_PARAMS ${CMAKE_BINARY_DIR}/tests/params)

# A test that proves or verifies with them:  sealyard_use_named_params(c2 porep); its program finds
# the folder in SEALYARD_TEST_PARAMS.
function(sealyard_use_named_params test)
  foreach(circuit ${ARGN})
    if(NOT TEST params-${circuit})
      add_test(NAME params-${circuit} COMMAND seal-params generate --circuit ${circuit}
        --sector-size 2048 --toxic-waste named --out ${SEALYARD_TEST_PARAMS})
      set_tests_properties(params-${circuit} PROPERTIES FIXTURES_SETUP params-${circuit}
        TIMEOUT 1800)
    endif()
    set_property(TEST ${test} APPEND PROPERTY FIXTURES_REQUIRED params-${circuit})
  endforeach()
  target_compile_definitions(test-${test} PRIVATE SEALYARD_TEST_PARAMS="${SEALYARD_TEST_PARAMS}")
endfunction()
