// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.allotment.ErrorCategory;
import dev.allotment.Query;
import dev.allotment.SaasException;

/** Any bytes as a dump. */
class DumpFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void anyDumpIsRefused(byte[] archive) {
        int before = FuzzedPortal.SAAS.tenants().list(Query.all()).size();
        try {
            FuzzedPortal.SAAS.dumps().restore("fuzzed.localhost", archive, false);
        } catch (SaasException e) {
            assertThat(e.category()).isNotEqualTo(ErrorCategory.INTERNAL);
            assertThat(FuzzedPortal.SAAS.tenants().list(Query.all())).hasSize(before);
        }
    }
}
