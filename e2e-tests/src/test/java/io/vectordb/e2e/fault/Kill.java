package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.ServerProcess;
import java.util.List;
import java.util.function.Supplier;

/** SIGKILL, all at once; started again at the end. */
final class Kill implements Fault {

    private final String name;
    private final Supplier<List<ServerProcess>> choice;
    private List<ServerProcess> victims = List.of();

    Kill(String name, Supplier<List<ServerProcess>> choice) {
        this.name = name;
        this.choice = choice;
    }

    @Override
    public String name() {
        return name + " killed";
    }

    @Override
    public void inject() {
        victims = choice.get();
        victims.parallelStream().forEach(ServerProcess::kill);
    }

    @Override
    public void heal() {
        victims.stream().filter(victim -> !victim.isAlive()).forEach(ServerProcess::start);
        victims.forEach(ServerProcess::awaitReady);
    }
}
