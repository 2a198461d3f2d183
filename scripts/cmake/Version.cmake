# Writes version.cpp from its template at build time, so that a program names the commit it was
# built from:  cmake -DSOURCE=... -DVERSION=0.1.0 -DIN=version.cpp.in -DOUT=version.cpp -P Version.cmake
set(SEALYARD_VERSION_TEXT ${VERSION})
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(NOT failed AND commit)
  set(SEALYARD_VERSION_TEXT "${VERSION} (${commit})")
endif()
configure_file(${IN} ${OUT} @ONLY)
