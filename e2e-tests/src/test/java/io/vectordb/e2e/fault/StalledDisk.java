package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.ServerProcess;
import java.util.List;
import java.util.function.Supplier;

/** Disks that take no sync until the end; the processes live and the network works. */
final class StalledDisk implements Fault {

    private final String name;
    private final SystemCalls calls;
    private final Supplier<List<ServerProcess>> choice;
    private List<ServerProcess> victims = List.of();

    StalledDisk(String name, SystemCalls calls, Supplier<List<ServerProcess>> choice) {
        this.name = name;
        this.calls = calls;
        this.choice = choice;
    }

    @Override
    public String name() {
        return "the disk of " + name + " stalled";
    }

    @Override
    public void inject() {
        victims = choice.get();
        victims.forEach(victim -> calls.stallDisk(victim.node(), true));
    }

    @Override
    public void heal() {
        victims.forEach(victim -> calls.stallDisk(victim.node(), false));
        victims.stream()
                .filter(victim -> victim.endedWith().isPresent())
                .forEach(victim -> victim.start().awaitReady());
    }
}
