// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.springboot;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What the application is told of its control plane, as {@code allotment.backend=postgres} and {@code
 * allotment.settings.url=jdbc:postgresql://…}.
 *
 * @param backend {@code h2} or {@code postgres}
 * @param settings of that backend
 * @param administratorPassword of the administrator {@code admin}, whom the first start makes
 */
@ConfigurationProperties("allotment")
record ControlPlaneSettings(String backend, Map<String, String> settings, String administratorPassword) {}
