package io.vectordb.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The rules about classes and packages. Each holds for every module, or says for which it does not.
 *
 * <p>What the Maven graph can say is not said here: a library cannot reach a service because no pom lists one.
 */
final class HouseRules {

    private static final Set<String> JDK_ONLY = Set.of("libs/common", "libs/vector-index");

    private static final List<String> SERVICE_PACKAGES = List.of(
            "io.vectordb.metadata..",
            "io.vectordb.storagenode..",
            "io.vectordb.indexnode..",
            "io.vectordb.coordinator..",
            "io.vectordb.gateway..");

    private HouseRules() {}

    /** No two packages of a module need each other, directly or by a detour; feature packages can then be read one by one. */
    static ArchRule packagesAreAcyclic() {
        return slices().matching("io.vectordb.(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    /** Every package has a {@code package-info.java} with {@code @NullMarked}; without it NullAway checks nothing there. */
    static ArchRule packagesAreNullMarked() {
        return classes().should(resideInANullMarkedPackage()).allowEmptyShould(true);
    }

    /** Libraries with an owner are touched by their owner alone. */
    static List<ArchRule> technologiesHaveOneOwner(Module module) {
        List<ArchRule> rules = new ArrayList<>();
        for (Technology technology : Technology.OWNED) {
            if (!technology.isOwnedBy(module)) {
                rules.add(noClasses()
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(technology.packages().toArray(String[]::new))
                        .because("only " + technology.owners() + " may use " + technology.name() + ", not "
                                + module.folder())
                        .allowEmptyShould(true));
            }
        }
        return rules;
    }

    /** The innermost libraries need nothing but the JDK. */
    static List<ArchRule> innermostLibrariesNeedTheJdkOnly(Module module) {
        if (!JDK_ONLY.contains(module.folder())) {
            return List.of();
        }
        return List.of(classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "jdk.incubator.vector..", "org.jspecify..", "io.vectordb..")
                .allowEmptyShould(true));
    }

    /** Services meet through protocols; only the standalone service, which is all of them, imports their classes. */
    static List<ArchRule> servicesDoNotImportEachOther(Module module) {
        if (module.folder().equals("services/standalone")) {
            return List.of();
        }
        List<ArchRule> rules = new ArrayList<>();
        for (String service : SERVICE_PACKAGES) {
            rules.add(noClasses()
                    .that()
                    .resideOutsideOfPackage(service)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(service)
                    .allowEmptyShould(true));
        }
        return rules;
    }

    /** Output is the command line's; everything else logs. Tests print, and so does what they share. */
    static List<ArchRule> onlyTheCommandLineWritesToStandardStreams(Module module) {
        return module.kind().equals("cli") || module.folder().equals("libs/test-kit")
                ? List.of()
                : List.of(NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.allowEmptyShould(true));
    }

    /**
     * A thread that waits waits for something: a condition, a deadline of a scheduler, an answer. Only the command line,
     * which polls files and servers and has one thing to do, may sleep.
     */
    static List<ArchRule> onlyTheCommandLineSleeps(Module module) {
        if (module.kind().equals("cli")) {
            return List.of();
        }
        return List.of(noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.<JavaMethodCall>describe(
                        "Thread.sleep is called",
                        call -> call.getTarget().getName().equals("sleep")
                                && call.getTargetOwner().isEquivalentTo(Thread.class)))
                .allowEmptyShould(true));
    }

    /** Logs go through SLF4J, so that a service configures them once. */
    static ArchRule nobodyUsesJavaUtilLogging() {
        return NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.allowEmptyShould(true);
    }

    /** What an object needs is in its constructor. */
    static ArchRule nobodyInjectsFields() {
        return NO_CLASSES_SHOULD_USE_FIELD_INJECTION.allowEmptyShould(true);
    }

    /** Other classes cannot change a field behind the back of its owner. */
    static ArchRule publicFieldsAreFinal() {
        return fields().that().arePublic().should().beFinal().allowEmptyShould(true);
    }

    /** A class called configuration wires beans, which is the business of services. */
    static List<ArchRule> onlyServicesHaveConfigurations(Module module) {
        if (module.kind().equals("services") || module.folder().equals("libs/service-kit")) {
            return List.of();
        }
        return List.of(
                noClasses().should().haveSimpleNameEndingWith("Configuration").allowEmptyShould(true));
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a package whose package-info says @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().isAnnotatedWith("org.jspecify.annotations.NullMarked");
                events.add(new SimpleConditionEvent(
                        type, marked, type.getName() + " is in a package that is not @NullMarked"));
            }
        };
    }
}
