package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.ServerProcess;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Nodes whose time of day jumps, and jumps back at the end. */
final class ClockShift implements Fault {

    private final String name;
    private final SystemCalls calls;
    private final Supplier<List<ServerProcess>> choice;
    private final Duration ahead;
    private List<ServerProcess> victims = List.of();

    /** @param ahead behind, when negative */
    ClockShift(String name, SystemCalls calls, Supplier<List<ServerProcess>> choice, Duration ahead) {
        this.name = name;
        this.calls = calls;
        this.choice = choice;
        this.ahead = ahead;
    }

    @Override
    public String name() {
        return "the clock of " + name + " jumps by " + ahead.toSeconds() + " s";
    }

    @Override
    public void inject() {
        victims = choice.get();
        victims.forEach(victim -> calls.shiftClock(victim.node(), ahead));
    }

    @Override
    public void heal() {
        victims.forEach(victim -> calls.shiftClock(victim.node(), Duration.ZERO));
    }
}
