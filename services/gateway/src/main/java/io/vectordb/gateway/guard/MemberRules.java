package io.vectordb.gateway.guard;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.v1.SearchRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The limits of single members, found by name and, where the API fixes it, by number. */
final class MemberRules {

    /** Longer a call need not take; what does is an operation. */
    static final long TIMEOUT_SECONDS = 3_600;

    private static final long SECONDS = 315_576_000_000L;
    private static final long YEAR_1 = -62_135_596_800L;
    private static final long YEAR_9999 = 253_402_300_799L;
    private static final Map<FieldDescriptor, Rule> RULES = new ConcurrentHashMap<>();

    /** What a member has to satisfy. */
    private enum Rule {
        NONE,
        ITEMS,
        K,
        PAGE,
        EF_SEARCH,
        REQUEST_ID,
        TIMEOUT,
        STALENESS,
        FILTER,
        PARAMS,
        NOT_NEGATIVE,
        DURATION_PARTS,
        TIMESTAMP_PARTS
    }

    private MemberRules() {}

    static void check(FieldDescriptor field, Object value, Message holder, RequestWalk walk) {
        switch (RULES.computeIfAbsent(field, MemberRules::rule)) {
            case NONE -> {
                // Any value will do.
            }
            case ITEMS -> atMost(((List<?>) value).size(), Limits.BATCH_ITEMS, "items", walk);
            case K -> between((Integer) value, 0, Limits.K, walk);
            case PAGE -> between((Integer) value, 0, Limits.PAGE, walk);
            case EF_SEARCH -> between((Integer) value, 1, Limits.EF_SEARCH, walk);
            case REQUEST_ID -> atMost(utf8((String) value), Limits.REQUEST_ID_BYTES, "bytes", walk);
            case FILTER -> atMost(utf8((String) value), Limits.FILTER_BYTES, "bytes", walk);
            case TIMEOUT -> checkTimeout((Duration) value, walk);
            case STALENESS -> {
                if (((Duration) value).getSeconds() < 0 || ((Duration) value).getNanos() < 0) {
                    throw walk.fault(ErrorCode.INVALID_VALUE, "expected no negative duration");
                }
            }
            case PARAMS -> refuseMixedParameters(holder, walk);
            case NOT_NEGATIVE -> {
                if (((Number) value).longValue() < 0) {
                    throw walk.fault(ErrorCode.INVALID_VALUE, "expected 0 or more, found " + value);
                }
            }
            case DURATION_PARTS -> checkParts((Duration) holder, walk);
            case TIMESTAMP_PARTS -> checkParts((Timestamp) holder, walk);
        }
    }

    private static Rule rule(FieldDescriptor field) {
        String holder = field.getContainingType().getFullName();
        if (holder.equals("google.protobuf.Duration")) {
            return Rule.DURATION_PARTS;
        }
        if (holder.equals("google.protobuf.Timestamp")) {
            return Rule.TIMESTAMP_PARTS;
        }
        boolean isRequest = field.getContainingType().getName().endsWith("Request");
        return switch (field.getName()) {
            case "records", "keys", "ops" -> isRequest ? Rule.ITEMS : Rule.NONE;
            case "k" -> field.getContainingType() == SearchRequest.getDescriptor() ? Rule.K : Rule.NONE;
            case "limit" -> field.getNumber() == 46 ? Rule.PAGE : Rule.NONE;
            case "ef_search" -> Rule.EF_SEARCH;
            case "request_id" -> Rule.REQUEST_ID;
            case "timeout" -> field.getNumber() == 41 ? Rule.TIMEOUT : Rule.NONE;
            case "max_staleness" -> Rule.STALENESS;
            case "filter" -> field.getNumber() == 30 ? Rule.FILTER : Rule.NONE;
            case "params" -> field.getNumber() == 32 ? Rule.PARAMS : Rule.NONE;
            case "if_seq", "max_failed" -> Rule.NOT_NEGATIVE;
            default -> Rule.NONE;
        };
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void atMost(int actual, int most, String unit, RequestWalk walk) {
        if (actual > most) {
            throw walk.fault(
                    ErrorCode.LIMIT_EXCEEDED, "expected at most " + most + " " + unit + ", received " + actual);
        }
    }

    private static void between(int actual, int least, int most, RequestWalk walk) {
        if (actual < least) {
            throw walk.fault(ErrorCode.INVALID_VALUE, "expected at least " + least + ", received " + actual);
        }
        if (actual > most) {
            throw walk.fault(ErrorCode.LIMIT_EXCEEDED, "expected at most " + most + ", received " + actual);
        }
    }

    private static void checkTimeout(Duration timeout, RequestWalk walk) {
        if (timeout.getSeconds() < 0
                || timeout.getNanos() < 0
                || timeout.getSeconds() == 0 && timeout.getNanos() == 0) {
            throw walk.fault(ErrorCode.INVALID_VALUE, "expected more than 0 seconds");
        }
        if (timeout.getSeconds() > TIMEOUT_SECONDS) {
            throw walk.fault(
                    ErrorCode.LIMIT_EXCEEDED,
                    "expected at most " + TIMEOUT_SECONDS + " seconds, received " + timeout.getSeconds());
        }
    }

    private static void refuseMixedParameters(Message holder, RequestWalk walk) {
        FieldDescriptor named = holder.getDescriptorForType().findFieldByNumber(33);
        if (named != null && holder.getRepeatedFieldCount(named) > 0) {
            throw walk.fault(ErrorCode.PARAMETER_MISMATCH, "params and named_params exclude each other");
        }
    }

    private static void checkParts(Duration duration, RequestWalk walk) {
        boolean sameSign = (long) Long.signum(duration.getSeconds()) * Integer.signum(duration.getNanos()) >= 0;
        if (Math.abs(duration.getSeconds()) > SECONDS || Math.abs(duration.getNanos()) > 999_999_999 || !sameSign) {
            throw walk.fault(ErrorCode.INVALID_VALUE, "not a valid duration");
        }
    }

    private static void checkParts(Timestamp time, RequestWalk walk) {
        boolean inRange = time.getSeconds() >= YEAR_1 && time.getSeconds() <= YEAR_9999;
        if (!inRange || time.getNanos() < 0 || time.getNanos() > 999_999_999) {
            throw walk.fault(ErrorCode.INVALID_VALUE, "not a time from year 1 to 9999");
        }
    }
}
