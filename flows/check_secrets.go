package flows

import (
	"regexp"
	"slices"
	"strings"
)

// asker holds, for one language, how people ask for a secret in writing.
// Every expression is linear (RE2).
type asker struct {
	stems  []string       // pieces of the nouns, in small letters: without any there is no noun
	noun   *regexp.Regexp // a secret
	hand   *regexp.Regexp // "send me", "tell us": asking by itself
	typing *regexp.Regexp // "enter", "type": asking only together with here
	here   *regexp.Regexp // in this chat, to us
	what   *regexp.Regexp // "what is your"
	not    *regexp.Regexp // makes it a warning
}

func words(alternatives string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[^\pL\pN])(?:` + alternatives + `)(?:$|[^\pL\pN])`)
}

var askers = map[string]asker{
	"en": {
		stems:  []string{"pass", "pin", "code", "otp", "cvv", "cvc", "card", "phrase", " key", "words", "of your", "security answer"},
		noun:   words(`passwords?|passcodes?|passphrase|pin|pins|pin code|codes?|otp|cvv|cvc|card (?:number|details|data)|(?:recovery|seed|secret) (?:phrase|key|words)|backup codes?|(?:photo|picture|scan|copy) of your (?:id|passport|id card|driving licen[cs]e)|security answer`),
		hand:   words(`(?:please )?(?:send|tell|give|forward|text|message|read|show|share|provide|reply with|answer with|dictate)(?: (?:me|us|it|them|to (?:me|us)|here|over|with (?:me|us)|your|the|that|this))`),
		typing: words(`enter|type|write|paste|put|submit|post|drop|insert|fill in|attach|upload`),
		here:   words(`here|in this chat|in the chat|into the chat|in this window|below|to me|to us|in your (?:reply|answer|message)|as (?:a )?reply`),
		what:   words(`(?:what(?:'s|’s| is| was)|which is|may i have|can i have|could i have|i need|we need) (?:your|the)`),
		not:    words(`never|not|don't|don’t|dont|do not|without|nobody|no one|anyone|anybody|won't|won’t|will not|ask for`),
	},
	"ru": {
		stems:  []string{"парол", "код", "пин", "cvv", "cvc", "карт", "фраз", "слов", "паспорт", "документ"},
		noun:   words(`парол[ьяюе]м?|пароли|код(?:а|у|ом|ы|ов)?|пин|пин-?код|cvv|cvc|номер карты|данные карты|(?:секретн|резервн|кодов)\pL+ (?:фраз|слов|код)\pL*|фото (?:паспорта|документа)|скан паспорта`),
		hand:   words(`пришлите|пришли|отправьте|отправь|перешлите|сообщите|сообщи|назовите|назови|скажите|скажи|дайте|продиктуйте|покажите|вышлите|поделитесь`),
		typing: words(`введите|введи|напишите|напиши|впишите|вставьте|укажите|наберите|приложите|загрузите`),
		here:   words(`сюда|здесь|в этот чат|в этом чате|в чат|в чате|мне|нам|в ответ|в ответном сообщении|ниже`),
		what:   words(`какой у вас|какой ваш|каков ваш|какой был|мне нужен ваш|нам нужен ваш`),
		not:    words(`не|никогда|нельзя|никому|никто|без|ни`),
	},
	"es": {
		stems:  []string{"contraseñ", "clave", "códig", "codig", "pin", "cvv", "cvc", "tarjeta", "frase", "dni", "pasaporte", "documento"},
		noun:   words(`contraseñas?|claves?|código|códigos|codigo|codigos|pin|cvv|cvc|(?:número|datos) de (?:la |tu |su )?tarjeta|frase (?:de recuperación|semilla|secreta)|foto de (?:tu|su) (?:dni|pasaporte|documento)|copia de (?:tu|su) (?:dni|pasaporte)`),
		hand:   words(`envíame|enviame|envíanos|envianos|envíe|mándame|mandame|mándanos|dime|dinos|díganos|dígame|dame|danos|deme|denos|pásame|pasanos|pásanos|compártenos|comparte tu|compártelo|facilítanos|facilítame|envía tu|envía el|manda tu`),
		typing: words(`escribe|escriba|escríbelo|introduce|introduzca|pon|ponga|teclea|pega|pegue|indica|indique|sube|adjunta|responde con`),
		here:   words(`aquí|aqui|en este chat|en el chat|abajo|a mí|a nosotros|en tu respuesta|en su respuesta|como respuesta`),
		what:   words(`cuál es tu|cual es tu|cuál es su|cuál era tu|necesito tu|necesitamos tu|necesitamos el`),
		not:    words(`no|nunca|jamás|nadie|sin|tampoco|ninguno`),
	},
}

// harmlessAsk takes out what sounds like a secret and is none.
var harmlessAsk = regexp.MustCompile(`(?i)country code|post(?:al)? code|zip code|qr code|promo code|error code|код (?:страны|ошибки|города)|почтовый индекс|código (?:postal|de país|de error|qr)|prefijo`)

// asksForSecret tells whether words ask the reader to give a secret away. In
// the words of an ask step (asks) whatever is asked for is typed here.
func asksForSecret(lang, text string, asks bool) (kind, phrase string) {
	a, ok := askers[lang]
	if !ok {
		a = askers["en"]
	}
	if !containsAny(strings.ToLower(text), a.stems) || !a.noun.MatchString(text) {
		return "", "" // as most texts: nothing below can find more
	}
	text = harmlessAsk.ReplaceAllString(quoted.ReplaceAllString(text, " x "), " x ")
	for _, s := range sentences(text) {
		noun := a.noun.FindString(s)
		if noun == "" || a.not.MatchString(s) {
			continue
		}
		typed := a.typing.MatchString(s) && (asks || a.here.MatchString(s))
		question := a.what.MatchString(s) || (asks && strings.Contains(s, "?"))
		handed := a.hand.MatchString(s) && (lang != "en" || asks || handsToUs.MatchString(s))
		if typed || question || handed {
			return strings.Trim(strings.TrimSpace(noun), ".,:;!?"), s
		}
	}
	return "", ""
}

// handsToUs keeps guidance such as "give the code a minute" apart from
// "give us the code" and "send your password".
var handsToUs = regexp.MustCompile(`(?i)\b(?:send|tell|give|forward|text|message|read|show|share|provide|dictate)(?: it| them)?(?: over)?(?: to)? (?:me|us|your|here)\b|\b(?:reply|answer) with\b|\b(?:send|tell|give|share|provide)\b[^.?!]*\b(?:to us|to me|with us|with me|here)\b`)

func containsAny(text string, pieces []string) bool {
	return slices.ContainsFunc(pieces, func(p string) bool { return strings.Contains(text, p) })
}

// teller matches, for one language, a statement that an account exists or not.
// stems are pieces of which each such statement has one; they are looked for
// first, because nearly no text has any.
type teller struct {
	stems        []string
	says, unless *regexp.Regexp
}

var tellers = map[string]teller{
	"en": {
		stems:  []string{"regist", "known to us", "found", "in our ", "exist", "no account", "have a", "have your a", "know a", "know your a", "is an a", "already an a"},
		says:   regexp.MustCompile(`(?i)\b(?:this|that|your|the) (?:e-?mail(?: address)?|address|account|phone(?: number)?|number|login) (?:is|was|has) (?:not |already |never |been )*(?:registered|known to us|found|in our (?:system|database|records))|\b(?:we|i) (?:have )?(?:found|have|know) (?:no|an|your) account\b|\bthere is (?:no|an|already an) account (?:with|for|under)\b|\bno account (?:exists|was found) (?:with|for|under)\b|\b(?:this|that|your) account (?:does not|doesn't|doesn’t) exist\b`),
		unless: words(`if|whether|may|might|says|say|see|when|even if|checks`),
	},
	"ru": {
		stems:  []string{"зарегистрирован", "найден", "существ", "аккаунта", "учётной записи", "нашли"},
		says:   regexp.MustCompile(`(?i)(?:этот|ваш|такой|данный) (?:адрес|аккаунт|номер|логин)(?: \pL+){0,2} (?:не |уже )?(?:зарегистрирован|найден|существует)|(?:аккаунта|учётной записи) (?:с таким|с этим) \pL+ (?:нет|не существует)|мы нашли ваш аккаунт`),
		unless: words(`если|ли|может|пишет|написано|видите|когда|проверит|проверяет`),
	},
	"es": {
		stems:  []string{"registrad", "exist", "encontrad", "hay "},
		says:   regexp.MustCompile(`(?i)(?:este|ese|tu|su|esta|esa) (?:correo|dirección|cuenta|número|teléfono)(?: \pL+){0,2} (?:no )?(?:está registrad|existe|fue encontrad|ya está registrad)|no (?:existe|hay) (?:ninguna |una )?cuenta con (?:este|ese|esa|esta)|hemos encontrado tu cuenta`),
		unless: words(`si|puede|pone|dice|ves|cuando|comprueba`),
	},
}

// tellsAccount finds a statement that gives away whether an account exists.
func tellsAccount(lang, text string) string {
	t, ok := tellers[lang]
	if !ok {
		return ""
	}
	if !containsAny(strings.ToLower(text), t.stems) {
		return ""
	}
	for _, s := range sentences(quoted.ReplaceAllString(text, " x ")) {
		if t.says.MatchString(s) && !t.unless.MatchString(s) {
			return s
		}
	}
	return ""
}
