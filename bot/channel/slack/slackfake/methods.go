package slackfake

// methods are the Web API that the fake knows, each with the scopes of which
// one is needed (https://docs.slack.dev/reference/methods).
func methods() map[string]method {
	return map[string]method{
		"auth.test":             {do: authTest},
		"apps.connections.open": {app: true, do: connectionsOpen},
		"chat.postMessage":      {scopes: []string{"chat:write"}, do: postMessage},
		"chat.update":           {scopes: []string{"chat:write"}, do: update},
		"chat.delete":           {scopes: []string{"chat:write"}, do: remove},
		"chat.postEphemeral":    {scopes: []string{"chat:write"}, do: postEphemeral},
	}
}

// AllScopes are the bot scopes of which the fake's methods and events make use.
func AllScopes() []string {
	return []string{
		"app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write", "commands",
		"files:read", "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write",
		"mpim:history", "mpim:read", "reactions:read", "reactions:write", "users:read",
	}
}

func authTest(s *Server, _ args) (object, error) {
	return object{
		"url": "https://fake.slack.com/", "team": "Fake", "user": s.users[BotUser].Name,
		"team_id": Team, "user_id": BotUser, "bot_id": BotID, "is_enterprise_install": false,
	}, nil
}
