package io.vectordb.e2e.fault;

/** One fault, and another one on top of it; healed the other way round. */
record Both(Fault first, Fault second) implements Fault {

    @Override
    public String name() {
        return first.name() + ", and " + second.name();
    }

    @Override
    public void inject() {
        first.inject();
        second.inject();
    }

    @Override
    public void heal() {
        try {
            second.heal();
        } finally {
            first.heal();
        }
    }
}
