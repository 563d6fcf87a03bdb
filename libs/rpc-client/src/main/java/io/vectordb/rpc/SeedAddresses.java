package io.vectordb.rpc;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a service is first looked for: addresses, and names that may stand for several. A name with more than one address,
 * such as that of a headless service, is replaced by all of them, and looked up again every {@link #FRESH_NANOS} when it is
 * used; one that cannot be looked up stays as it is. Thread-safe; never blocks its callers.
 */
final class SeedAddresses implements AutoCloseable {

    /** Looks up a name. */
    interface Resolver {

        List<InetAddress> addresses(String host) throws UnknownHostException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(SeedAddresses.class);
    private static final long FRESH_NANOS = 5_000_000_000L;

    private final List<String> seeds;
    private final Resolver resolver;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("seed-names").factory());
    private final AtomicBoolean resolving = new AtomicBoolean();
    private volatile List<String> current;
    private volatile long resolvedNanos = System.nanoTime() - FRESH_NANOS;

    SeedAddresses(List<String> seeds, Resolver resolver) {
        if (seeds.isEmpty() || seeds.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("expected at least one address, received " + seeds);
        }
        this.seeds = seeds.stream().map(String::strip).toList();
        this.resolver = resolver;
        this.current = this.seeds;
    }

    /** As they are known now; the seeds themselves before the first look-up. */
    List<String> current() {
        if (System.nanoTime() - resolvedNanos >= FRESH_NANOS && resolving.compareAndSet(false, true)) {
            executor.execute(this::resolve);
        }
        return current;
    }

    private void resolve() {
        Set<String> addresses = new LinkedHashSet<>();
        seeds.forEach(seed -> addresses.addAll(resolve(seed)));
        current = List.copyOf(addresses);
        resolvedNanos = System.nanoTime();
        resolving.set(false);
    }

    private List<String> resolve(String seed) {
        int colon = seed.lastIndexOf(':');
        if (seed.startsWith(ChannelFactory.IN_PROCESS) || colon < 1) {
            return List.of(seed);
        }
        try {
            List<InetAddress> found = resolver.addresses(seed.substring(0, colon));
            // A name with one address stays a name, which outlives the address.
            return found.size() < 2
                    ? List.of(seed)
                    : found.stream()
                            .map(InetAddress::getHostAddress)
                            .map(host -> host.indexOf(':') < 0 ? host : "[" + host + "]")
                            .map(host -> host + seed.substring(colon))
                            .toList();
        } catch (UnknownHostException e) {
            LOG.debug("{} cannot be looked up: {}", seed, e.toString());
            return List.of(seed);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
