// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test;

import java.util.stream.Stream;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/** Imports what {@code @AutoConfigureMockMvc} does, whose package depends on the version of Spring Boot. */
final class MockMvcImport implements DeferredImportSelector {
    @Override
    public String[] selectImports(AnnotationMetadata importing) {
        return Stream.of(
                        "org.springframework.boot.webmvc.test.autoconfigure.MockMvcAutoConfiguration",
                        "org.springframework.boot.test.autoconfigure.web.servlet.MockMvcAutoConfiguration")
                .filter(name -> ClassUtils.isPresent(name, null))
                .toArray(String[]::new);
    }
}
