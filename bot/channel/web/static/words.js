"use strict";
// The page's own words. What the bot says comes from the pack.
const pageWords = {
  en: {
    language: "Language", conversation: "Conversation", typing: "Writing…", type: "Write a message", send: "Send",
    warning: "Never write a password or a code here.",
    you: "You", bot: "Assistant", person: "Support", step: "Step {n} of {m}", picture: "Open the picture",
    offline: "No connection. What you write is kept and sent as soon as it is back.",
    waiting: "Not sent yet", failed: "Not sent. Press to try again.", older: "Earlier answers", open: "opens in a new tab",
    busy: "Please wait a moment, then try again.", newer: "New message below",
  },
  ru: {
    language: "Язык", conversation: "Разговор", typing: "Пишет…", type: "Напишите сообщение", send: "Отправить",
    warning: "Никогда не пишите сюда пароль или код.",
    you: "Вы", bot: "Помощник", person: "Поддержка", step: "Шаг {n} из {m}", picture: "Открыть картинку",
    offline: "Нет связи. Написанное сохранено и уйдёт, как только связь появится.",
    waiting: "Ещё не отправлено", failed: "Не отправлено. Нажмите, чтобы повторить.", older: "Прежние ответы", open: "откроется в новой вкладке",
    busy: "Подождите немного и попробуйте снова.", newer: "Ниже новое сообщение",
  },
  es: {
    language: "Idioma", conversation: "Conversación", typing: "Escribiendo…", type: "Escribe un mensaje", send: "Enviar",
    warning: "Nunca escribas aquí una contraseña ni un código.",
    you: "Tú", bot: "Asistente", person: "Soporte", step: "Paso {n} de {m}", picture: "Abrir la imagen",
    offline: "Sin conexión. Lo que escribas se guarda y se envía en cuanto vuelva.",
    waiting: "Sin enviar todavía", failed: "No se envió. Pulsa para intentarlo de nuevo.", older: "Respuestas anteriores", open: "se abre en otra pestaña",
    busy: "Espera un momento y vuelve a intentarlo.", newer: "Mensaje nuevo abajo",
  },
};
