// SPDX-License-Identifier: Apache-2.0
package dev.allotment.json2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.odoo.fault.OdooFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of fault has a status and a name. */
class RefusalTest {
    @ParameterizedTest
    @CsvSource({
        "REQUEST, 422, werkzeug.exceptions.UnprocessableEntity",
        "INTERNAL, 500, builtins.Exception",
        "UNAVAILABLE, 503, werkzeug.exceptions.ServiceUnavailable",
        "USER_ERROR, 422, odoo.exceptions.UserError",
        "MISSING, 404, odoo.exceptions.MissingError",
        "NOT_FOUND, 404, werkzeug.exceptions.NotFound",
        "VALIDATION, 422, odoo.exceptions.ValidationError",
        "ACCESS_DENIED, 403, odoo.exceptions.AccessDenied",
        "TOO_MANY, 429, werkzeug.exceptions.TooManyRequests",
        "ACCESS_ERROR, 403, odoo.exceptions.AccessError",
        "SESSION_EXPIRED, 403, odoo.http.SessionExpiredException",
    })
    void hasTheStatusAndTheNameOfItsKind(OdooFault.Kind kind, int status, String name) {
        Refusal refusal = Refusal.of(new OdooFault(kind, "why"));

        assertThat(refusal.status()).isEqualTo(status);
        assertThat(refusal.name()).isEqualTo(name);
        assertThat(refusal.text()).isEqualTo("why");
    }

    @ParameterizedTest
    @CsvSource({"UNAVAILABLE, 1", "TOO_MANY, 10"})
    void saysWhenToTryAgain(OdooFault.Kind kind, String seconds) {
        assertThat(Refusal.of(new OdooFault(kind, "why")).headers()).containsEntry("Retry-After", seconds);
    }

    @Test
    void isALockErrorWhileATenantIsBusy() {
        SaasException busy = SaasException.conflict(ErrorCodes.TENANT_BUSY, "Busy.");

        Refusal refusal = Refusal.of(OdooFault.of(busy));

        assertThat(refusal.status()).isEqualTo(409);
        assertThat(refusal.name()).isEqualTo("odoo.exceptions.LockError");
    }

    @Test
    void hidesWhatIsInternal() {
        Refusal refusal = Refusal.of(OdooFault.of(new IllegalStateException("select password from users")));

        assertThat(refusal.status()).isEqualTo(500);
        assertThat(refusal.text()).startsWith("Internal error, reference ").doesNotContain("password");
    }
}
