package io.vectordb.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** On what was measured, as far as the system tells; what it does not tell is "unknown". */
public final class Machine {

    private static final String UNKNOWN = "unknown";

    private Machine() {}

    /** Names and values, in the order of reports. */
    public static Map<String, String> describe() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("cpu", afterColon("/proc/cpuinfo", "model name"));
        values.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        values.put("cpu_flags", interestingFlags());
        values.put("memory", afterColon("/proc/meminfo", "MemTotal"));
        values.put("huge_pages", first("/sys/kernel/mm/transparent_hugepage/enabled"));
        values.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        values.put("jdk", System.getProperty("java.vendor") + " " + Runtime.version());
        return values;
    }

    /** All of it in one line. */
    static String line() {
        return describe().entrySet().stream()
                .map(entry -> entry.getKey().replace('_', ' ') + " " + entry.getValue())
                .collect(Collectors.joining("; "));
    }

    private static String interestingFlags() {
        return String.join(
                " ",
                List.of(afterColon("/proc/cpuinfo", "flags").split(" ")).stream()
                        .filter(flag -> flag.matches("avx2|fma|avx512f|avx512bw|avx512_vnni|avx_vnni|avx512_bf16"))
                        .toList());
    }

    private static String afterColon(String file, String name) {
        return lines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(UNKNOWN);
    }

    private static String first(String file) {
        return lines(file).stream().findFirst().orElse(UNKNOWN);
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            return List.of();
        }
    }
}
