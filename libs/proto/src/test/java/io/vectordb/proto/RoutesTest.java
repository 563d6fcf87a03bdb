package io.vectordb.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.api.HttpRule.PatternCase;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every rpc has one REST route, and the route fits its request. */
class RoutesTest {

    /** Methods that are reached through gRPC alone. */
    private static final Set<String> WITHOUT_ROUTE = Set.of();

    private static final Pattern VARIABLE = Pattern.compile("\\{([^}]+)}");
    private static final Pattern ROUTE = Pattern.compile("/v1(/([a-z]+(-[a-z]+)*|\\{[a-z_]+(\\.[a-z_]+)*}))+");

    @Test
    void everyMethodHasARouteOrIsListed() {
        assertThat(PublicApi.methods()).hasSize(64).allSatisfy(method -> {
            boolean hasRoute = method.getOptions().hasExtension(AnnotationsProto.http);
            boolean listed = WITHOUT_ROUTE.contains(PublicApi.path(method.getFullName()));
            assertThat(hasRoute).as(method.getFullName()).isNotEqualTo(listed);
        });
    }

    @Test
    void routesAreKebabCaseWithoutColons() {
        assertThat(routed())
                .allSatisfy(method -> assertThat(template(rule(method))).matches(ROUTE));
    }

    @Test
    void noTwoMethodsShareARoute() {
        List<String> routes = routed().stream()
                .map(RoutesTest::rule)
                .map(rule -> rule.getPatternCase() + " "
                        + VARIABLE.matcher(template(rule)).replaceAll("{}"))
                .toList();

        assertThat(routes).doesNotHaveDuplicates();
    }

    @Test
    void bodyIsTheWholeRequestExceptForGetAndDelete() {
        assertThat(routed()).allSatisfy(method -> {
            HttpRule rule = rule(method);
            Set<PatternCase> withoutBody = Set.of(PatternCase.GET, PatternCase.DELETE);
            String expected = withoutBody.contains(rule.getPatternCase()) ? "" : "*";
            assertThat(rule.getBody()).as(method.getFullName()).isEqualTo(expected);
        });
    }

    @Test
    void pathVariablesAreStringsOfTheRequest() {
        assertThat(routed()).allSatisfy(method -> {
            Matcher variables = VARIABLE.matcher(template(rule(method)));
            while (variables.find()) {
                FieldDescriptor field = resolve(method.getInputType(), variables.group(1));
                assertThat(field)
                        .as("%s of %s", variables.group(1), method.getFullName())
                        .isNotNull()
                        .matches(found -> found.getType() == FieldDescriptor.Type.STRING, "is a string");
            }
        });
    }

    private static List<MethodDescriptor> routed() {
        return PublicApi.methods().stream()
                .filter(method -> method.getOptions().hasExtension(AnnotationsProto.http))
                .toList();
    }

    private static HttpRule rule(MethodDescriptor method) {
        return method.getOptions().getExtension(AnnotationsProto.http);
    }

    private static String template(HttpRule rule) {
        return switch (rule.getPatternCase()) {
            case GET -> rule.getGet();
            case PUT -> rule.getPut();
            case POST -> rule.getPost();
            case DELETE -> rule.getDelete();
            case PATCH -> rule.getPatch();
            case CUSTOM -> rule.getCustom().getPath();
            case PATTERN_NOT_SET -> "";
        };
    }

    private static @Nullable FieldDescriptor resolve(Descriptor message, String path) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            return message.findFieldByName(path);
        }
        FieldDescriptor outer = message.findFieldByName(path.substring(0, dot));
        return outer == null ? null : resolve(outer.getMessageType(), path.substring(dot + 1));
    }
}
