# A test program again under mpiexec:  sealyard_mpi_test(ranks 4) runs bin/test-ranks with 4 ranks.
# Slots are not counted: more ranks than cores must work. Root is allowed, as in a container. What
# OpenMPI itself does not free is no leak of ours.
function(sealyard_mpi_test base count)
  add_test(NAME ${base}-${count} COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${count}
    --oversubscribe $<TARGET_FILE:test-${base}>)
  set_tests_properties(${base}-${count} PROPERTIES TIMEOUT 120 LABELS fast PROCESSORS 2 ENVIRONMENT
    "OMPI_ALLOW_RUN_AS_ROOT=1;OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1;ASAN_OPTIONS=detect_leaks=0")
endfunction()
