"use strict";
// As the TypeScript compiler writes it: decorators and their metadata.
require("reflect-metadata");
const {
  Body,
  Controller,
  Get,
  Injectable,
  Module,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Query,
} = require("@nestjs/common");
const { NestFactory } = require("@nestjs/core");
const { ExpressAdapter } = require("@nestjs/platform-express");
const serverlessHttp = require("serverless-http");

const decorate = (decorators, target, key) => {
  const described = key === undefined ? target : Object.getOwnPropertyDescriptor(target, key);
  for (const decorator of [...decorators].reverse()) {
    if (key === undefined) decorator(target);
    else decorator(target, key, described);
  }
};
const metadata = (key, value) => Reflect.metadata(key, value);
const parameter = (index, decorator) => (target, key) => decorator(target, key, index);

class Items {
  items = new Map([[1, { id: 1, name: "tea" }]]);

  find(id) {
    const item = this.items.get(id);
    if (!item) throw new NotFoundException(`no item ${id}`);
    return item;
  }

  add({ name }) {
    const item = { id: this.items.size + 1, name };
    this.items.set(item.id, item);
    return item;
  }
}
decorate([Injectable()], Items);

class ItemsController {
  constructor(items) {
    this.items = items;
  }

  find(id, verbose) {
    return { ...this.items.find(id), verbose };
  }

  add(body) {
    return this.items.add(body);
  }
}
decorate(
  [
    Get(":id"),
    parameter(0, Param("id", ParseIntPipe)),
    parameter(1, Query("verbose")),
    metadata("design:paramtypes", [Number, String]),
  ],
  ItemsController.prototype,
  "find",
);
decorate(
  [Post(), parameter(0, Body()), metadata("design:paramtypes", [Object])],
  ItemsController.prototype,
  "add",
);
decorate([Controller("items"), metadata("design:paramtypes", [Items])], ItemsController);

class AppModule {}
decorate([Module({ controllers: [ItemsController], providers: [Items] })], AppModule);

let server;
async function bootstrap() {
  const app = await NestFactory.create(AppModule, new ExpressAdapter(), { logger: false });
  await app.init();
  return serverlessHttp(app.getHttpAdapter().getInstance());
}

exports.handler = async (event, context) => {
  server ??= await bootstrap();
  const answers = [];
  for (const request of event.requests) answers.push(await server(request, context));
  return answers;
};
