package io.vectordb.cli.terminal;

/** What the process ends with; scripts rely on the numbers. */
public enum ExitCode {
    DONE(0),
    /** Our fault. */
    INTERNAL(1),
    /** Wrong usage, or something that is not available yet. */
    USAGE(2),
    /** No server, or it is not ready. */
    NO_SERVER(3),
    NOT_FOUND(4),
    /** A condition does not hold, a name exists, a port or a folder is in use. */
    CONFLICT(5),
    /** Input was refused, or some of its items. */
    REFUSED(6),
    NOT_ALLOWED(7),
    /** A write's outcome is unknown. */
    TIMED_OUT(8),
    /** Overloaded, or out of memory or disk. */
    OVERLOADED(9),
    INTERRUPTED(130);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** What an HTTP status that is no success ends the process with. */
    public static ExitCode ofStatus(int status) {
        return switch (status) {
            case 400, 405, 406, 413, 415 -> REFUSED;
            case 401, 403 -> NOT_ALLOWED;
            case 404 -> NOT_FOUND;
            case 409 -> CONFLICT;
            case 429, 507 -> OVERLOADED;
            case 499, 504 -> TIMED_OUT;
            case 501 -> USAGE;
            case 502, 503 -> NO_SERVER;
            default -> INTERNAL;
        };
    }
}
