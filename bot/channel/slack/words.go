package slack

import (
	"fmt"
	"strings"
)

// words are the adapter's own few words to a customer.
type words struct {
	choose     string
	notYours   string // a press on somebody else's button
	elsewhere, // in somebody else's thread
	shared, // in a channel with another company
	begun,
	failed string
	progress string
	language string
	status   string
	ask      string // before the suggested prompts
	home     string
	ticket   string
	none     string
}

// in are the words in the language of a locale such as ru-RU.
func in(locale string) words {
	switch lang, _, _ := strings.Cut(locale, "-"); lang {
	case "ru":
		return words{
			choose: "Выберите", notYours: "Этот вопрос задан другому человеку. Напишите мне, и я помогу вам.",
			elsewhere: "Здесь идёт разговор с другим человеком. Напишите мне в личные сообщения, и я помогу вам.",
			shared:    "Здесь нас читают и другие. Напишите мне в личные сообщения, и я помогу вам.",
			begun:     "Пишу вам в личные сообщения.", failed: "Не получилось начать разговор. Напишите мне в личные сообщения.",
			progress: "Шаг %d из %d", language: "Язык", status: "думает…",
			ask: "С чем вам помочь?", home: "Чем помочь?", ticket: "Ваше обращение: %s", none: "Открытых обращений нет.",
		}
	case "es":
		return words{
			choose: "Elija", notYours: "Esta pregunta es para otra persona. Escríbame y le ayudo.",
			elsewhere: "Aquí hablo con otra persona. Escríbame un mensaje directo y le ayudo.",
			shared:    "Aquí nos leen otros. Escríbame un mensaje directo y le ayudo.",
			begun:     "Le escribo por mensaje directo.", failed: "No se pudo empezar la conversación. Escríbame un mensaje directo.",
			progress: "Paso %d de %d", language: "Idioma", status: "está pensando…",
			ask: "¿En qué le ayudo?", home: "¿En qué le ayudo?", ticket: "Su caso: %s", none: "No hay casos abiertos.",
		}
	}
	return words{
		choose: "Choose", notYours: "This question is for somebody else. Write to me, and I will help you.",
		elsewhere: "I am talking with somebody else here. Send me a direct message, and I will help you.",
		shared:    "Others read along here. Send me a direct message, and I will help you.",
		begun:     "I am writing to you directly.", failed: "That did not work. Please send me a direct message.",
		progress: "Step %d of %d", language: "Language", status: "is thinking…",
		ask: "What do you need help with?", home: "How can I help?", ticket: "Your case: %s", none: "You have no open case.",
	}
}

func (w words) step(n, of int) string { return fmt.Sprintf(w.progress, n, of) }
