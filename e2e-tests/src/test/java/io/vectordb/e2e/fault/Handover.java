package io.vectordb.e2e.fault;

/** Another node leads from now on. */
record Handover(Replicas replicas, String node) implements Fault {

    @Override
    public String name() {
        return node + " takes over";
    }

    @Override
    public void inject() {
        replicas.transferLeadership(node);
    }

    @Override
    public void heal() {}
}
