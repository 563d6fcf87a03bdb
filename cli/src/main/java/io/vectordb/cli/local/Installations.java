package io.vectordb.cli.local;

/** The two installations that run on this machine; each has a run folder of its name. */
public final class Installations {

    /** All services in one process. */
    public static final String STANDALONE = "standalone";

    /** A process per service. */
    public static final String CLUSTER = "local-cluster";

    private Installations() {}

    /** For people. */
    public static String title(String name) {
        return name.equals(STANDALONE) ? "the embedded server" : "the local cluster";
    }

    /** The command that stops it. */
    public static String stopCommand(String name) {
        return name.equals(STANDALONE) ? "./vectordb down" : "./vectordb local-cluster stop";
    }
}
