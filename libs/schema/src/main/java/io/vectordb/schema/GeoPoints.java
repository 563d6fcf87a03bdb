package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.schema.FieldType.GeoPointType;
import io.vectordb.v1.GeoPoint;
import io.vectordb.v1.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Points in their canonical form. */
final class GeoPoints {

    private static final String LAT = "lat";
    private static final String LON = "lon";
    private static final int LAT_MOST = 90;
    private static final int LON_MOST = 180;

    private GeoPoints() {}

    static @Nullable Value point(At at, Value value) {
        return switch (value.getKindCase()) {
            case GEO_VALUE -> point(at, value.getGeoValue(), value);
            case OBJECT_VALUE -> members(at, value);
            default -> at.mismatch(new GeoPointType(), value, "write {\"lat\": 37.33, \"lon\": -122.01}");
        };
    }

    private static @Nullable Value members(At at, Value value) {
        Map<String, Value> members = value.getObjectValue().getValuesMap();
        Value lat = members.get(LAT);
        Value lon = members.get(LON);
        if (lat == null || lon == null || members.size() != 2) {
            return at.fail(
                    ErrorCode.TYPE_MISMATCH,
                    "expected the members lat and lon, received "
                            + Texts.shortened(String.join(", ", members.keySet())),
                    "write {\"lat\": 37.33, \"lon\": -122.01}");
        }
        Value latitude = Numbers.float64(at.in(LAT), lat);
        Value longitude = Numbers.float64(at.in(LON), lon);
        if (latitude == null || longitude == null) {
            return null;
        }
        GeoPoint point = GeoPoint.newBuilder()
                .setLat(latitude.getFloatValue())
                .setLon(longitude.getFloatValue())
                .build();
        return point(at, point, Value.newBuilder().setGeoValue(point).build());
    }

    private static @Nullable Value point(At at, GeoPoint point, Value value) {
        boolean lat = inRange(at.in(LAT), point.getLat(), LAT_MOST);
        boolean lon = inRange(at.in(LON), point.getLon(), LON_MOST);
        return lat && lon ? value : null;
    }

    private static boolean inRange(At at, double degrees, int most) {
        boolean inRange = Math.abs(degrees) <= most;
        if (!inRange) {
            at.fail(ErrorCode.INVALID_VALUE, "expected -" + most + " to " + most + " degrees, received " + degrees);
        }
        return inRange;
    }
}
