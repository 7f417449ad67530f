-- What a custom provider speaks. Those of before are OpenAI-shaped.

alter table custom_providers add column dialect text not null default 'openai';
