// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test.app;

import dev.allotment.access.Member;
import dev.allotment.tenant.TenantContext;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class NoteController {
    private final Notes notes;

    NoteController(Notes notes) {
        this.notes = notes;
    }

    @GetMapping("/")
    String home(HttpServletRequest request) {
        TenantContext context = TenantContext.of(request);
        return context.tenant().name() + " for "
                + context.member().map(Member::login).orElse("") + " with " + notes.count() + " notes";
    }
}
