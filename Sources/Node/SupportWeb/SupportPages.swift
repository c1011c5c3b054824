import WebAPI

/// The pages of the support chat, embedded into the executable. All of them are the same for everybody: who is logged in
/// they ask `GET /api/sesion`.
enum SupportPages {
    /// `/soporte`: the chat, for users and for administrators.
    static let chat = Page("/soporte", file: "chat.html", PackageResources.chat_html)

    /// What is there for everybody: `/login`, which posts `user` and `pass` to `/auth`; `/registro`, which posts `user`,
    /// `name`, `email`, `edad` and `pass` to `/register`; `/api-docs`, which shows
    /// `/api-docs/openapi.json`; and under `/resources/` what pages are made of.
    static let open =
        Page.shared + [
            Page("/login", file: "login.html", PackageResources.login_html),
            Page("/registro", file: "registro.html", PackageResources.registro_html),
            Page("/resources/support.css", file: "support.css", PackageResources.support_css),
            Page("/resources/support-words.js", file: "support-words.js", PackageResources.support_words_js),
            Page("/resources/answer.js", file: "answer.js", PackageResources.answer_js),
            Page("/resources/login.js", file: "login.js", PackageResources.login_js),
            Page("/resources/registro.js", file: "registro.js", PackageResources.registro_js),
            Page("/resources/form.js", file: "form.js", PackageResources.form_js),
            Page("/resources/chat.js", file: "chat.js", PackageResources.chat_js),
            Page("/resources/conversation.js", file: "conversation.js", PackageResources.conversation_js),
            Page("/resources/desk.js", file: "desk.js", PackageResources.desk_js),
            Page("/resources/history.js", file: "history.js", PackageResources.history_js),
            Page("/resources/memory.js", file: "memory.js", PackageResources.memory_js),
            Page("/resources/outbox.js", file: "outbox.js", PackageResources.outbox_js),
            Page("/resources/thread.js", file: "thread.js", PackageResources.thread_js),
            Page("/api-docs", file: "api-docs.html", PackageResources.api_docs_html),
            Page("/api-docs/openapi.json", file: "openapi.json", PackageResources.openapi_json),
            Page("/resources/api-docs.js", file: "api-docs.js", PackageResources.api_docs_js),
        ]
}
