package io.vectordb.e2e.fault;

import java.util.List;
import java.util.function.Supplier;

/** Storage nodes that do not hear each other, while clients and the other services reach all of them. */
final class Partition implements Fault {

    /** A direction in which nothing arrives. */
    record Cut(String from, String to) {}

    private final String name;
    private final Namespaces network;
    private final Supplier<List<Cut>> cuts;

    /** @param cuts asked when it happens, since who leads changes */
    Partition(String name, Namespaces network, Supplier<List<Cut>> cuts) {
        this.name = name;
        this.network = network;
        this.cuts = cuts;
    }

    /** One node hears nobody and nobody hears it. */
    static List<Cut> alone(String node, List<String> others) {
        return others.stream()
                .flatMap(other -> List.of(new Cut(node, other), new Cut(other, node)).stream())
                .toList();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void inject() {
        cuts.get().forEach(cut -> network.cut(cut.from(), cut.to()));
    }

    @Override
    public void heal() {
        network.heal();
    }
}
