package io.vectordb.raft;

import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** One submission on its way into the log; remembers whether it got there, since then its outcome is open. */
final class Command implements Message {

    private final ByteString content;
    private volatile boolean appended;

    Command(byte[] bytes) {
        this.content = UnsafeByteOperations.unsafeWrap(bytes);
    }

    @Override
    public ByteString getContent() {
        return content;
    }

    void markAppended() {
        appended = true;
    }

    boolean isAppended() {
        return appended;
    }
}
