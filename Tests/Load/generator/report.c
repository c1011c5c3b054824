#include "report.h"

#include <inttypes.h>
#include <stdio.h>

#include "connection.h"
#include "run.h"
#include "scenario.h"
#include "servers.h"

static void text(const char *string) {
    putchar('"');
    for (; *string; string++) {
        if (*string == '"' || *string == '\\') putchar('\\');
        if ((unsigned char)*string >= 0x20) putchar(*string);
    }
    putchar('"');
}

static void histogram(const char *name, const Histogram *values) {
    printf(
        ",\"%s\":{\"count\":%" PRIu64
        ",\"mean\":%.1f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}",
        name, values->count, histogram_mean(values), histogram_quantile(values, 0.5), histogram_quantile(values, 0.9),
        histogram_quantile(values, 0.99), histogram_quantile(values, 0.999), (double)values->highest / 1e3);
}

static uint64_t server_list(void) {
    uint64_t cpu = 0;
    printf(",\"servers\":[");
    for (uint32_t index = 0; index < options.server_count; index++) {
        const Server *server = &servers[index];
        cpu += server->cpu;
        printf(
            "%s{\"process\":%d,\"cpu_seconds\":%.6f,\"user_seconds\":%.2f,\"system_seconds\":%.2f,"
            "\"connecting_cpu_seconds\":%.6f,\"memory_before\":%" PRIu64 ",\"memory_connected\":%" PRIu64
            ",\"memory_end\":%" PRIu64 "}",
            index ? "," : "", server->process, (double)server->cpu / 1e9, server->user, server->system,
            (double)server->connecting / 1e9, server->before, server->connected, server->end);
    }
    printf("]");
    return cpu;
}

static void counts(void) {
    printf(
        ",\"sent\":%" PRIu64 ",\"expected\":%" PRIu64 ",\"received\":%" PRIu64 ",\"missing\":%" PRIu64
        ",\"wrong\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"retries\":%" PRIu64
        ",\"messages\":%" PRIu64 ",\"bytes_received\":%" PRIu64 ",\"bytes_sent\":%" PRIu64,
        counters.sent, counters.expected, counters.received,
        counters.expected > counters.received ? counters.expected - counters.received : 0, counters.wrong,
        counters.failed, counters.lost, counters.retries, counters.messages, bytes_received, bytes_sent);
}

bool report(void) {
    double seconds = run_seconds();
    printf("{\"scenario\":");
    text(options.scenario);
    printf(
        ",\"transport\":\"%s\",\"sessions\":%u,\"in_flight\":%u,\"rate\":%.3f,\"payload\":%u,\"seconds\":%.4f",
        transport_name(options.transport), options.sessions, options.in_flight, options.rate, options.payload, seconds);
    printf(
        ",\"operation\":\"%s\",\"operations\":%" PRIu64 ",\"per_second\":%.2f", scenario->operation,
        counters.operations, (double)counters.operations / seconds);
    histogram("latency", &latency);
    histogram("connect_latency", &connect_latency);
    counts();
    uint64_t cpu = server_list();
    double each = counters.operations ? (double)cpu / 1e3 / (double)counters.operations : 0;
    printf(
        ",\"cpu_per_operation\":%.4f,\"generator_cpu_seconds\":%.4f,\"generator_busy\":%.3f,\"errors\":[", each,
        generator_cpu(), generator_cpu() / seconds);
    for (const char *const *error = run_errors(); *error; error++) {
        if (error != run_errors()) putchar(',');
        text(*error);
    }
    printf("]}\n");
    return !counters.failed && !counters.lost && !counters.wrong && counters.received >= counters.expected;
}
