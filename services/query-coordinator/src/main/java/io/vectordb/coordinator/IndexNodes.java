package io.vectordb.coordinator;

import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.ShardState;
import io.vectordb.rpc.NodeStates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * In which order the index nodes of a shard are asked: in turn, those that the
 * metadata does not know to be up after the others, and those that did not answer lately last. Now and then one
 * call asks such a node first, to learn whether it is back. Thread-safe.
 */
final class IndexNodes {

    private static final Duration SILENCE = Duration.ofSeconds(5);
    /** Of a node or shard that nobody asks any more. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);

    private final Catalog catalog;
    private final AtomicInteger turn = new AtomicInteger();
    /** Who did not answer, and when that was, or when it was tried again last. */
    private final ConcurrentMap<Server, Long> silentSince = new ConcurrentHashMap<>();

    IndexNodes(Catalog catalog) {
        this.catalog = catalog;
    }

    /** An index node as the server of one shard: it may still be catching up with one and serve all others. */
    private record Server(String shardUid, String address) {}

    /**
     * Who can be asked.
     *
     * @param wasSilent whether it did not answer when it was asked last
     */
    record Candidate(Server server, boolean wasSilent) {

        String address() {
            return server.address();
        }
    }

    /** By the newest metadata: an index node may have been assigned after the caller looked at the shard. */
    List<Candidate> inTurn(ShardState shard) {
        List<Node> assigned = assigned(shard);
        List<String> addresses = inTurn(assigned, true);
        addresses.addAll(inTurn(assigned, false));
        List<Candidate> tried = new ArrayList<>();
        List<Candidate> heard = new ArrayList<>();
        List<Candidate> silent = new ArrayList<>();
        long now = System.nanoTime();
        for (String address : addresses) {
            Server server = new Server(shard.getUid(), address);
            Long since = silentSince.get(server);
            if (since == null) {
                heard.add(new Candidate(server, false));
            } else if (now - since > SILENCE.toNanos() && silentSince.replace(server, since, now)) {
                tried.add(new Candidate(server, true));
            } else {
                silent.add(new Candidate(server, true));
            }
        }
        tried.addAll(heard);
        tried.addAll(silent);
        return tried;
    }

    private List<String> inTurn(List<Node> assigned, boolean up) {
        List<String> addresses = new ArrayList<>(assigned.stream()
                .filter(node -> NodeStates.isUp(node) == up)
                .map(Node::getRpcAddress)
                .toList());
        if (addresses.size() > 1) {
            Collections.rotate(addresses, Math.floorMod(turn.getAndIncrement(), addresses.size()));
        }
        return addresses;
    }

    void answered(Candidate candidate) {
        silentSince.remove(candidate.server());
    }

    /** It has failed, or takes long: for a while others are asked first. */
    void silent(Candidate candidate) {
        long now = System.nanoTime();
        silentSince.values().removeIf(since -> now - since > FORGOTTEN.toNanos());
        silentSince.put(candidate.server(), now);
    }

    private List<Node> assigned(ShardState shard) {
        List<String> nodes = catalog.state().getCollectionsList().stream()
                .flatMap(collection -> collection.getShardsList().stream())
                .filter(each -> each.getUid().equals(shard.getUid()))
                .findFirst()
                .map(each -> List.copyOf(each.getIndexNodesList()))
                .orElse(List.of());
        return catalog.state().getNodesList().stream()
                .filter(node -> nodes.contains(node.getId()))
                .toList();
    }
}
