// load: drives Socket.IO servers of this machine and prints what it measured as one JSON object. Exit code 0 if
// everything came that was expected, 1 if not, 64 for a wrong command line.
#include <signal.h>
#include <sys/resource.h>

#include "options.h"
#include "report.h"
#include "run.h"
#include "scenario.h"

// As many sockets as the system allows.
static void raise_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int count, char **arguments) {
    options_read(count, arguments);
    scenario = scenario_named(options.scenario);
    signal(SIGPIPE, SIG_IGN);
    raise_limit();
    run();
    return report() ? 0 : 1;
}
