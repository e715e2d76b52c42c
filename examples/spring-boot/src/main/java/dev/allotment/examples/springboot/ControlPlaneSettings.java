// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.springboot;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The settings of the control plane, such as {@code allotment.backend=postgres} and {@code
 * allotment.settings.url=jdbc:postgresql://…}.
 *
 * @param backend {@code h2} or {@code postgres}
 * @param settings the settings of that backend
 * @param administratorPassword the password of the administrator {@code admin}, created by the first start
 */
@ConfigurationProperties("allotment")
record ControlPlaneSettings(String backend, Map<String, String> settings, String administratorPassword) {}
