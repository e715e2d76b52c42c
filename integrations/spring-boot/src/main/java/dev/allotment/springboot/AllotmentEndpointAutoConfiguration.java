// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Saas;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The endpoint of the actuator, if the application exposes it. */
@AutoConfiguration(after = AllotmentAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
public final class AllotmentEndpointAutoConfiguration {
    AllotmentEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint(AllotmentEndpoint.class)
    AllotmentEndpoint allotmentEndpoint(Saas saas, ControlPlaneHealth health) {
        return new AllotmentEndpoint(saas, health);
    }
}
