// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.util.ClassUtils;

/** Sets the properties of {@link AutoConfigureAllotment}, which win over those of the application. */
final class AllotmentContextCustomizerFactory implements ContextCustomizerFactory {
    /** The backend that replaces the configured one; unset: none does. */
    static final String BACKEND = "allotment.test.backend";

    static final String H2 = "h2";
    private static final String MEMORY = "memory";
    private static final String H2_PROVIDER = "dev.allotment.h2.H2BackendProvider";

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> configAttributes) {
        AutoConfigureAllotment found =
                TestContextAnnotationUtils.findMergedAnnotation(testClass, AutoConfigureAllotment.class);
        return found == null ? null : new Properties(found.replaceBackend(), found.maintenance());
    }

    /** A record, since Spring caches application contexts by their customizers. */
    private record Properties(boolean replacesBackend, boolean maintenance) implements ContextCustomizer {
        @Override
        public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration merged) {
            List<String> pairs = new ArrayList<>();
            if (replacesBackend) {
                String backend = ClassUtils.isPresent(H2_PROVIDER, context.getClassLoader()) ? H2 : MEMORY;
                pairs.add("allotment.backend=" + backend);
                pairs.add(BACKEND + "=" + backend);
            }
            pairs.add("allotment.maintenance.enabled=" + maintenance);
            // The next test has another tenant at the same host.
            pairs.add("allotment.web.tenants.host-cache-ttl=0s");
            // Slices would replace the data source of the current tenant with an empty database.
            pairs.add("spring.test.database.replace=none");
            TestPropertyValues.of(pairs).applyTo(context);
        }
    }
}
