// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.identity.IdentityProviderId;

/**
 * The row of the secret with which this installation proves itself to an identity provider.
 *
 * @param id 0 before it is stored
 * @param providerId the provider, unique
 * @param sealed encrypted with the secret key, for this provider with its issuer and client id
 */
public record ProviderSecret(long id, IdentityProviderId providerId, String sealed) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<ProviderSecret, Long> ID = RecordField.of("id");

    /** The field {@code providerId}, for filters and sort keys. */
    public static final RecordField<ProviderSecret, IdentityProviderId> PROVIDER_ID = RecordField.of("providerId");

    /** The field {@code sealed}, for filters and sort keys. */
    public static final RecordField<ProviderSecret, String> SEALED = RecordField.of("sealed");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public ProviderSecret {}
}
