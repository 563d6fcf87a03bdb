package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.Commands;
import io.vectordb.e2e.process.Placement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Network namespaces of Linux, one for each node, with a packet filter of its own, joined by a bridge to which the tests'
 * machine belongs too: so nodes can be kept from each other while all others reach them. Nothing outside the machine can
 * reach any of it, and the packet filter of the machine stays as it is.
 *
 * <p>The names tell the process of the tests, and what is left of one that was killed goes when the next one starts. For
 * one thread.
 */
final class Namespaces implements AutoCloseable {

    private static final String PREFIX = "vdb";
    private static final int HUB = 0;

    private final String name;
    private final String subnet;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    private Namespaces(long pid) {
        name = PREFIX + pid;
        // Of the range for tests of networks (RFC 2544), which nobody routes.
        subnet = "198.18." + pid % 256 + ".";
    }

    /** What is missing to make them. */
    static Optional<String> notPossibleBecause() {
        Optional<String> missing = Commands.missing("ip", "iptables").map(program -> "there is no " + program);
        return missing.isPresent() || Commands.isRoot()
                ? missing
                : Optional.of("only root may make network namespaces");
    }

    static Namespaces create(List<String> nodes) {
        namespaces().stream()
                .filter(each -> each.matches(PREFIX + "\\d+-\\d+"))
                .filter(each -> ProcessHandle.of(pid(each)).isEmpty())
                .forEach(Namespaces::remove);
        Namespaces created = new Namespaces(ProcessHandle.current().pid());
        try {
            created.addHub();
            nodes.forEach(created::addNode);
        } catch (RuntimeException e) {
            created.close();
            throw e;
        }
        return created;
    }

    private static List<String> namespaces() {
        return Commands.run("ip", "netns", "list")
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .toList();
    }

    private static long pid(String namespace) {
        return Long.parseLong(namespace.substring(PREFIX.length()).split("-", 2)[0]);
    }

    private static void remove(String namespace) {
        Commands.run("ip", "netns", "delete", namespace);
    }

    /** The bridge, in a namespace too: the packet filter of a machine with containers often forwards nothing else. */
    private void addHub() {
        String hub = namespace(HUB);
        Commands.run("ip", "netns", "add", hub);
        in(hub, "ip", "link", "add", "hub", "type", "bridge");
        in(hub, "ip", "link", "set", "hub", "up");
        Commands.run("ip", "link", "add", name, "type", "veth", "peer", "name", "tests", "netns", hub);
        Commands.run("ip", "address", "add", subnet + "1/24", "dev", name);
        Commands.run("ip", "link", "set", name, "up");
        in(hub, "ip", "link", "set", "tests", "master", "hub", "up");
    }

    private void addNode(String node) {
        int number = numbers.size() + 2;
        numbers.put(node, number);
        String inside = namespace(number);
        String hub = namespace(HUB);
        Commands.run("ip", "netns", "add", inside);
        in(inside, "ip", "link", "add", "eth0", "type", "veth", "peer", "name", "node" + number, "netns", hub);
        in(hub, "ip", "link", "set", "node" + number, "master", "hub", "up");
        in(inside, "ip", "link", "set", "lo", "up");
        in(inside, "ip", "address", "add", subnet + number + "/24", "dev", "eth0");
        in(inside, "ip", "link", "set", "eth0", "up");
    }

    private String namespace(int number) {
        return name + "-" + number;
    }

    private String host(String node) {
        return subnet + number(node);
    }

    private int number(String node) {
        return Objects.requireNonNull(numbers.get(node), node);
    }

    /** Where a node with a namespace runs. */
    Placement inside(String node) {
        return new Placement(host(node), List.of("ip", "netns", "exec", namespace(number(node))));
    }

    /** Where a process runs that the nodes in their namespaces have to reach. */
    Placement outside() {
        return new Placement(outsideHost(), List.of());
    }

    /** Lets no packet of one node arrive at another one any more; the other direction stays as it is. */
    void cut(String from, String to) {
        filter(to, List.of("-A", "INPUT", "-s", host(from), "-j", "DROP"));
    }

    /** Loses so many of the packets that other nodes send to this one. */
    void lose(String node, double share) {
        List<String> chance = List.of("-m", "statistic", "--mode", "random", "--probability", String.valueOf(share));
        for (String peer : numbers.keySet()) {
            if (!peer.equals(node)) {
                List<String> rule = and(List.of("-A", "INPUT", "-s", host(peer)), chance.toArray(String[]::new));
                filter(node, and(rule, "-j", "DROP"));
            }
        }
    }

    /** The address of the tests' machine that nodes in their namespaces reach. */
    String outsideHost() {
        return subnet + "1";
    }

    /**
     * Leads what other nodes send to a port of this one to another port, which is outside. Connections that are there
     * already are reset, so that new ones take their place.
     */
    void detour(String node, int port, int outsidePort) {
        for (String peer : numbers.keySet()) {
            if (!peer.equals(node)) {
                List<String> detour = List.of("-t", "nat", "-A", "OUTPUT", "-p", "tcp", "-d", host(node));
                filter(
                        peer,
                        and(
                                detour,
                                "--dport",
                                String.valueOf(port),
                                "-j",
                                "DNAT",
                                "--to-destination",
                                outsideHost() + ":" + outsidePort));
                List<String> direct = List.of("-A", "INPUT", "-p", "tcp", "-s", host(peer));
                filter(
                        node,
                        and(direct, "--dport", String.valueOf(port), "-j", "REJECT", "--reject-with", "tcp-reset"));
            }
        }
    }

    /** Lets everything arrive again, on the straight way. */
    void heal() {
        for (String node : numbers.keySet()) {
            filter(node, List.of("-F", "INPUT"));
            filter(node, List.of("-t", "nat", "-F", "OUTPUT"));
        }
    }

    private static List<String> and(List<String> rule, String... more) {
        List<String> whole = new ArrayList<>(rule);
        whole.addAll(List.of(more));
        return whole;
    }

    private void filter(String node, List<String> rule) {
        List<String> command = new ArrayList<>(List.of("iptables", "-w"));
        command.addAll(rule);
        in(namespace(number(node)), command.toArray(String[]::new));
    }

    private static void in(String namespace, String... command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(List.of(command));
        Commands.run(whole.toArray(String[]::new));
    }

    /** Removes them, and with them all that connects them; processes in them are to be ended before. */
    @Override
    public void close() {
        // With a namespace its devices go some time later, and the next one may want the same name before.
        if (Files.exists(Path.of("/sys/class/net", name))) {
            Commands.run("ip", "link", "delete", name);
        }
        namespaces().stream().filter(each -> each.startsWith(name + "-")).forEach(Namespaces::remove);
    }
}
