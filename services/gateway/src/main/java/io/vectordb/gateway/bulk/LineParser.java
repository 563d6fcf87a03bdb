package io.vectordb.gateway.bulk;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.gateway.guard.RequestGuard;
import io.vectordb.gateway.json.JsonReader;
import io.vectordb.rpc.GrpcErrors;
import io.vectordb.v1.Fields;
import io.vectordb.v1.WriteOp;

/** Reads a line as an operation. A line that is wrong is refused by itself; the others go on. */
final class LineParser {

    private final BulkOptions.Format format;
    private final RequestGuard guard;

    LineParser(BulkOptions.Format format, RequestGuard guard) {
        this.format = format;
        this.guard = guard;
    }

    BulkItem parse(LineSplitter.Line line) {
        try {
            if (line.isTooLong()) {
                throw new VectorDbException(
                        ErrorCode.RECORD_TOO_LARGE, "the line has more than " + Limits.RECORD_BYTES + " bytes");
            }
            return new BulkItem.Accepted(line.number(), read(line.text()), line.text().length);
        } catch (VectorDbException e) {
            return new BulkItem.Refused(line.number(), GrpcErrors.toItemError(e));
        }
    }

    private WriteOp read(byte[] text) {
        WriteOp.Builder op = WriteOp.newBuilder();
        switch (format) {
            case RECORDS -> {
                Fields.Builder record = Fields.newBuilder();
                JsonReader.merge(text, record);
                guard.checkItem(op.setUpsert(record).getUpsert());
            }
            case OPS -> {
                JsonReader.merge(text, op);
                guard.checkItem(op.build());
            }
        }
        return op.build();
    }
}
