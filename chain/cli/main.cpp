// sealyard: the operator's command. Called lotus-miner (a link), it answers to that name.
#include "chain/cli/command.h"

int main(int argc, char** argv) { return sealyard::cli::run(argc, argv); }
