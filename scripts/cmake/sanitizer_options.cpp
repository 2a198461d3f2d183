// Linked into sanitized programs that start MPI: OpenMPI leaves memory behind in plugins that it has
// unloaded by then, which the leak check of AddressSanitizer cannot tell from ours.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
