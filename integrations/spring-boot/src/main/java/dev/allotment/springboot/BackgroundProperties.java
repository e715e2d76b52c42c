// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The work in the background.
 *
 * @param threads Number of threads of this process for operations such as campaigns, moves and sign-ups
 */
@ConfigurationProperties("allotment.background")
public record BackgroundProperties(@DefaultValue("4") int threads) {
    /** Refuses a number that is not positive. */
    public BackgroundProperties {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, found " + threads + ".");
        }
    }
}
