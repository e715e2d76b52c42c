// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.EventType;
import dev.allotment.billing.Payment;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.tenant.change.PaymentSchedule;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.Map;

/** Announces that a customer or a tenant is not paid. */
final class PaymentNotices {
    private PaymentNotices() {}

    /**
     * Announces what is due for a tenant. The days that were announced are in the row of the payment, which is locked:
     * a customer with many tenants gets each notice once, also if several nodes check them.
     */
    static void send(CoreContext context, Actor actor, Transaction tx, StoredTenant tenant, PaymentSchedule seen) {
        Payment payment = seen.payment();
        if (payment == null) {
            return;
        }
        Records<Payment> rows = tx.records(RecordTypes.PAYMENTS);
        rows.lock(payment.id().value()).ifPresent(locked -> {
            PaymentSchedule schedule = PaymentSchedule.of(locked, seen.terms());
            Integer day = schedule.noticeDay(context.now());
            if (day == null) {
                return;
            }
            rows.update(locked.toBuilder().noticeDay(day).build());
            Map<String, String> details = new HashMap<>();
            details.put("day", day.toString());
            details.put("since", locked.since().toString());
            details.put("suspendsAt", String.valueOf(schedule.suspendAt()));
            if (locked.customerId() != null) {
                details.put("customer", locked.customerId().toString());
            }
            if (locked.tenantId() != null) {
                details.put("name", tenant.name());
            }
            context.events().add(tx, actor, EventType.PAYMENT_DUE, locked.tenantId(), null, details);
        });
    }
}
