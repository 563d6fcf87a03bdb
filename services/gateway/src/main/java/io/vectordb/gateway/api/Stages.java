package io.vectordb.gateway.api;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.vectordb.v1.StagesProto;

/** From which stage on a part of the API may be used, as its proto option says; without one: the first. */
public final class Stages {

    /** The stage that this build serves. */
    public static final int BUILT = 1;

    private Stages() {}

    public static int of(FieldDescriptor field) {
        return Math.max(1, field.getOptions().getExtension(StagesProto.since));
    }

    public static int of(MethodDescriptor method) {
        return Math.max(1, method.getOptions().getExtension(StagesProto.methodSince));
    }

    public static int of(EnumValueDescriptor value) {
        return Math.max(1, value.getOptions().getExtension(StagesProto.valueSince));
    }
}
