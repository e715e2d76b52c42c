// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.MainRecords;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.Tenants;
import dev.allotment.access.Members;
import java.io.IOException;
import java.sql.Connection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** What Spring learns about the library when it processes an application ahead of time. */
final class AheadOfTimeTest {
    private static final String ROOT = "dev/allotment/";
    private static final RuntimeHints HINTS = hints();

    private static RuntimeHints hints() {
        RuntimeHints hints = new RuntimeHints();
        AotServices.factories().load(RuntimeHintsRegistrar.class).stream()
                .filter(AllotmentRuntimeHints.class::isInstance)
                .forEach(each -> each.registerHints(hints, AheadOfTimeTest.class.getClassLoader()));
        return hints;
    }

    @Test
    void everyFileOfTheLibraryIsKept() throws IOException {
        List<String> files = Stream.of(
                        new PathMatchingResourcePatternResolver().getResources("classpath*:" + ROOT + "**/*.*"))
                .filter(Resource::isReadable)
                .map(AheadOfTimeTest::path)
                .filter(path -> !path.endsWith(".class"))
                .toList();
        assertThat(files)
                .contains(
                        ROOT + "jdbc/catalog/001-records.sql",
                        ROOT + "h2/catalog/001-records.sql",
                        ROOT + "portal/web/portal.css")
                .allMatch(path ->
                        RuntimeHintsPredicates.resource().forResource(path).test(HINTS));
    }

    private static String path(Resource file) {
        try {
            String url = file.getURL().toString();
            return url.substring(url.lastIndexOf(ROOT));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void recordsCanBeReadAndCreated() {
        Stream.of(
                        Tenant.class.getName(),
                        TenantId.class.getName(),
                        CreateTenant.class.getName(),
                        "dev.allotment.spi.backend.StoredTenant")
                .forEach(name -> assertThat(RuntimeHintsPredicates.reflection()
                                .onType(TypeReference.of(name))
                                .withMemberCategories(
                                        MemberCategory.INVOKE_DECLARED_CONSTRUCTORS,
                                        MemberCategory.INVOKE_PUBLIC_METHODS)
                                .test(HINTS))
                        .as(name)
                        .isTrue());
    }

    @Test
    void thePortalFindsItsTemplates() {
        assertThat(RuntimeHintsPredicates.reflection()
                        .onType(TypeReference.of("dev.allotment.portal.pages.JteaccountGenerated"))
                        .withMemberCategories(
                                MemberCategory.INVOKE_DECLARED_METHODS, MemberCategory.INVOKE_PUBLIC_METHODS)
                        .test(HINTS))
                .isTrue();
    }

    @Test
    void proxiesCanBeMadeAndPassCallsOn() {
        Stream.of(Connection.class, Saas.class, MainRecords.class, Tenants.class, Members.class)
                .forEach(type -> assertThat(RuntimeHintsPredicates.proxies()
                                .forInterfaces(type)
                                .and(RuntimeHintsPredicates.reflection()
                                        .onType(type)
                                        .withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS))
                                .test(HINTS))
                        .as(type.getName())
                        .isTrue());
    }
}
