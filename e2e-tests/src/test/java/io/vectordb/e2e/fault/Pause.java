package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.ServerProcess;
import java.util.List;
import java.util.function.Supplier;

/** SIGSTOP, as when a machine swaps or is moved; the processes know nothing of it and go on where they were. */
final class Pause implements Fault {

    private final String name;
    private final Supplier<List<ServerProcess>> choice;
    private List<ServerProcess> victims = List.of();

    Pause(String name, Supplier<List<ServerProcess>> choice) {
        this.name = name;
        this.choice = choice;
    }

    @Override
    public String name() {
        return name + " paused";
    }

    @Override
    public void inject() {
        victims = choice.get();
        victims.forEach(ServerProcess::pause);
    }

    @Override
    public void heal() {
        victims.forEach(ServerProcess::resume);
    }
}
